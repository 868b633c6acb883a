import type { LogRecord } from "../../log/record.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { stub } from "@std/testing/mock";
import { app } from "../../routes/mod.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { CLIENT, inProcess } from "../support/in_process.ts";
import { SharedCounts } from "../../server/shared_counts.ts";
import { CapturedLog } from "../support/captured_log.ts";

const ERRORS = [
  new Error("a secret"),
  new TypeError("a secret"),
  new RangeError("a secret"),
  new SyntaxError("a secret"),
  new URIError("a secret"),
];

/** Checks that a response says nothing of a defect, and that the log does. */
async function assertBare(
  response: Response,
  log: CapturedLog,
  error: Error,
): Promise<void> {
  await assertProblem(
    response,
    500,
    "Chime failed to answer; its log says why",
  );
  assertEquals(log.lines, ["error a request failed"]);
  const [{ fields, stack }] = log.records as [LogRecord];
  assertEquals(fields.error, `${error}`);
  assertEquals(fields.requestId, response.headers.get("x-request-id"));
  assertMatch(stack[0]!, /^at /);
}

for (const error of ERRORS) {
  const fail = () => {
    throw error;
  };

  for (const GET of [fail, () => Promise.reject(error)]) {
    const how = GET === fail ? "throws" : "rejects with";
    Deno.test(`A handler that ${how} a ${error.name} is a 500 without its message`, async () => {
      using log = new CapturedLog();
      const answer = app([{ path: "/", methods: { GET } }]);
      const response = await answer(
        new Request("http://chime.test/"),
        CLIENT,
      );
      await assertBare(response, log, error);
    });
  }

  for (
    const [what, body, contentType] of [
      ["type", "x", "text/plain"],
      ["line", '{"data": "x"}', "application/x-ndjson"],
    ] as const
  ) {
    Deno.test(`A ${error.name} while a ${what} is checked is a 500 without its message`, async () => {
      await using chime = inProcess();
      using log = new CapturedLog();
      using _defect = stub(String.prototype, "isWellFormed", fail);
      const response = await chime.publish(
        "/sse/news?event=x",
        body,
        contentType,
      );
      await assertBare(response, log, error);
    });
  }

  for (const path of ["/sse/?tz=Asia/Kathmandu", "/?tz=Asia/Kathmandu"]) {
    Deno.test(`A ${error.name} while GET ${path} checks the zone is a 500 without its message`, async () => {
      await using chime = inProcess();
      using log = new CapturedLog();
      using _defect = stub(
        Intl.DateTimeFormat.prototype,
        "resolvedOptions",
        fail,
      );
      await assertBare(await chime.request(path), log, error);
    });
  }

  Deno.test(`A ${error.name} while the open streams are counted is a 500 without its message`, async () => {
    await using chime = inProcess();
    using _defect = stub(SharedCounts.prototype, "total", fail);
    for (const path of ["/sse/", "/sse/news", "/readyz"]) {
      using log = new CapturedLog();
      await assertBare(await chime.request(path), log, error);
    }
  });
}
