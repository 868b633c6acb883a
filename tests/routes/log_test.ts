import { assert, assertEquals, assertMatch } from "@std/assert";
import { UnavailableError } from "../../journal/history.ts";
import { formatJson, formatText } from "../../log/format.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { CLIENT, inProcess, refusing, TOKEN } from "../support/in_process.ts";

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

for (
  const { what, method = "GET", path, status, reason, headers = {} } of [
    {
      what: "publish",
      method: "POST",
      path: "/sse/news",
      status: 401,
      reason:
        "Cannot publish without a token: send it as Authorization: Bearer <token>",
    },
    {
      what: "publish",
      method: "POST",
      path: "/sse/news",
      status: 401,
      reason: "Cannot take the token in the Authorization header: it is wrong",
      headers: { authorization: "Bearer wrong" },
    },
    {
      what: "publish",
      method: "PATCH",
      path: "/sse/news",
      status: 405,
      reason: 'Cannot PATCH "/sse/news": allowed are GET, POST, HEAD, OPTIONS',
    },
    {
      what: "stream",
      path: "/sse/status",
      status: 400,
      reason: undefined,
    },
    {
      what: "stream",
      path: "/sse/?tz=nowhere",
      status: 400,
      reason: undefined,
    },
    {
      what: "stream",
      path: "/sse/news?since=x",
      status: 400,
      reason: undefined,
    },
    {
      what: "request",
      path: "/healthz",
      status: 501,
      reason: 'Cannot decode the transfer coding "gzip": it must be chunked',
      headers: { "transfer-encoding": "gzip" },
    },
  ]
) {
  Deno.test(`A ${what} that is refused with ${status} is logged with the client's address and the reason: ${method} ${path}`, async () => {
    await using chime = inProcess();
    const response = await chime.request(path, { method, headers });
    assertEquals(response.status, status);
    const requestId = response.headers.get("x-request-id");
    assertMatch(requestId!, UUID);
    const problem = await response.json();
    assertEquals(problem.requestId, status >= 500 ? requestId : undefined);
    assertEquals(chime.log.lines, [`warn a ${what} was refused`]);
    assertEquals(chime.log.records[0]!.fields, {
      reason: reason ?? problem.detail,
      status,
      method,
      path: path.replace(/\?.*/, ""),
      address: CLIENT.address,
      requestId: requestId!,
    });
  });
}

for (const state of ["draining", "overloaded"] as const) {
  for (const path of ["/sse/", "/sse/news"]) {
    for (
      const [accept, status] of [["text/event-stream", 200], [
        "*/*",
        503,
      ]] as const
    ) {
      Deno.test(`A stream of ${path} that is refused with ${status} as the server is ${state} is logged with the client's address`, async () => {
        await using chime = refusing(state);
        const response = await chime.request(path, { headers: { accept } });
        await response.body?.cancel();
        assertEquals(response.status, status);
        assertEquals(chime.log.lines, ["warn a stream was refused"]);
        const { requestId, ...fields } = chime.log.records[0]!.fields;
        assertMatch(`${requestId}`, UUID);
        assertEquals(fields, {
          reason: `Cannot open a stream: the server is ${state}`,
          status,
          method: "GET",
          path,
          address: CLIENT.address,
        });
      });
    }
  }
}

for (
  const [target, what] of [
    ["/sse/../a", "stream"],
    ["//sse/a", "stream"],
    ["/sse%2fa", undefined],
    ["/other/../a", undefined],
  ] as const
) {
  Deno.test(`What a request for ${target}, which cannot be read, asked for is logged`, async () => {
    await using chime = inProcess();
    const response = await chime.raw(target);
    await assertProblem(response.clone(), 400, (await response.json()).detail);
    assertEquals(
      chime.log.lines,
      what ? [`warn a ${what} was refused`] : [],
    );
  });
}

Deno.test("A 503 has a request id, and the log the reason with it", async () => {
  await using chime = inProcess();
  chime.journal.publish = () =>
    Promise.reject(new UnavailableError("The journal failed: full"));
  const response = await chime.publish("/sse/news", "x");
  const { requestId } = await response.json();
  assertEquals(response.status, 503);
  assertMatch(requestId, UUID);
  assertEquals(response.headers.get("x-request-id"), requestId);
  assertEquals(chime.log.lines, ["warn a publish was refused"]);
  const { fields } = chime.log.records[0]!;
  assertEquals(
    [fields.reason, fields.requestId],
    ["The journal failed: full", requestId],
  );
});

for (
  const [given, isKept] of [
    ["7f3a.B_c-9", true],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
    ["a b", false],
    ["a=b", false],
    ['"', false],
    ["é", false],
  ] as const
) {
  Deno.test(`The id that a proxy has given a request is ${isKept ? "kept" : "replaced"}: ${given.slice(0, 20)}`, async () => {
    await using chime = inProcess();
    const response = await chime.request("/nowhere", {
      headers: { "x-request-id": given },
    });
    await response.body?.cancel();
    assertEquals(response.headers.get("x-request-id") === given, isKept);
  });
}

Deno.test("What works, and a 404, is neither logged nor has it a request id, unless it is an error", async () => {
  await using chime = inProcess();
  for (const path of ["/healthz", "/readyz", "/sse/", "/sse/news", "/"]) {
    const response = await chime.request(path);
    await response.body?.cancel();
    assertEquals(response.headers.get("x-request-id"), null, path);
  }
  await (await chime.publish("/sse/news", "x")).body?.cancel();
  await (await chime.request("/favicon.ico")).body?.cancel();
  await (await chime.request("/sse/news", { method: "OPTIONS" })).body
    ?.cancel();
  assertEquals(chime.log.lines, []);
});

Deno.test("With accessLog each request is logged, without its query", async () => {
  await using chime = inProcess({ accessLog: true });
  const headers = { "x-request-id": "abc" };
  for (const path of ["/healthz?x=1", "/sse/news?latest=1", "/nowhere"]) {
    const response = await chime.request(path, { headers });
    await response.body?.cancel();
  }
  assertEquals(chime.log.lines, Array(3).fill("info request"));
  assertEquals(
    chime.log.records.map(({ fields }) => fields),
    [
      { status: 200, path: "/healthz" },
      { status: 200, path: "/sse/news" },
      { status: 404, path: "/nowhere" },
    ].map((fields) => ({
      ...fields,
      method: "GET",
      address: CLIENT.address,
      requestId: "abc",
      ms: 0,
    })),
  );
});

Deno.test("No secret of a request is in a line, wherever the client writes it", async () => {
  await using chime = inProcess({ accessLog: true });
  const headers = {
    authorization: "Bearer s3cret",
    cookie: "session=s3cret",
    "x-request-id": "s3cret;ticket=s3cret",
  };
  for (
    const target of [
      ...["/sse/news?ticket=s3cret&since=x", "/sse/news?token=s3cret&latest=0"],
      ...["/sse/news%3Fticket%3Ds3cret", "/sse/news&ticket=s3cret"],
      ...["/sse/a?event=status&access_token=s3cret", "/nowhere?ticket=s3cret"],
    ]
  ) {
    for (const method of ["GET", "POST"]) {
      const response = await chime.raw(target, { method, headers });
      await response.body?.cancel();
    }
  }
  await (await chime.publish("/sse/a", "\u0000")).body?.cancel();
  assert(chime.log.records.length >= 12);
  for (const record of chime.log.records) {
    for (const line of [formatText(record), formatJson(record)]) {
      assert(!line.includes("s3cret") && !line.includes(TOKEN), line);
    }
  }
});

Deno.test("A client that leaves in the middle of a publish is not logged", async () => {
  await using chime = inProcess();
  const body = new ReadableStream({
    pull() {
      throw new Error("aborted");
    },
  });
  const response = await chime.publish("/sse/news", body);
  await response.body?.cancel();
  assertEquals(response.status, 503);
  assertEquals(chime.log.lines, []);
});
