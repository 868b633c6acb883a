import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { JwtKeys } from "../../../access/jwt/jwt_keys.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import { until } from "../../support/until.ts";

const key = (kid: string) => ({ kty: "oct", k: "x".repeat(43), kid });

/** A JWKS on loopback, and the keys that are read from it. */
async function setUp(begin: () => Response | Promise<Response>) {
  const log = new CapturedLog();
  let answer = begin;
  let asked = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => {
      asked++;
      return answer();
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/keys?secret=1`;
  const keys = await JwtKeys.open([url]);
  const changes: string[] = [];
  keys.follow((keys) => changes.push(keys.map(({ kid }) => kid).join()));
  return {
    keys,
    log,
    changes,
    asked: () => asked,
    names: () => keys.keys.map(({ kid }) => kid).join(),
    answerWith(next: typeof begin) {
      answer = next;
    },
    async [Symbol.asyncDispose]() {
      keys[Symbol.dispose]();
      await server.shutdown();
      log[Symbol.dispose]();
    },
  };
}

const jwks = (...kids: string[]) => Response.json({ keys: kids.map(key) });

Deno.test("A JWKS is read at the start, and again at most every 30 s where a key is unknown", async () => {
  let ms = 0;
  const { now } = performance;
  performance.now = () => now.call(performance) + ms;
  try {
    await using set = await setUp(() => jwks("a"));
    assertEquals([set.names(), set.asked()], ["a", 1]);
    set.answerWith(() => jwks("a", "b"));
    assertEquals(await set.keys.refresh(), true);
    assertEquals([set.names(), set.asked()], ["a", 1]);
    ms += 30_000;
    await Promise.all([set.keys.refresh(), set.keys.refresh()]);
    assertEquals([set.names(), set.asked()], ["a,b", 2]);
    assertEquals(set.changes, ["a,b"]);
    assert(!set.log.lines.join().includes("secret"), `${set.log.lines}`);
  } finally {
    performance.now = now;
  }
});

Deno.test("A JWKS is read every 10 min, and every 30 s while it cannot be", async () => {
  using time = new FakeTime();
  const fetched: number[] = [];
  const { fetch } = globalThis;
  let answer = () => jwks("a");
  const start = Date.now();
  globalThis.fetch = () => {
    fetched.push(Date.now() - start);
    return Promise.resolve(answer());
  };
  try {
    using log = new CapturedLog();
    using keys = await JwtKeys.open(["https://keys.example/"]);
    await time.tickAsync(1_200_001);
    assertEquals(fetched, [0, 600_000, 1_200_000]);
    answer = () => new Response("", { status: 500 });
    await time.tickAsync(600_000);
    answer = () => jwks("b");
    await time.tickAsync(60_000);
    assertEquals(fetched.slice(3), [1_800_000, 1_830_000]);
    assertEquals(keys.keys.map(({ kid }) => kid), ["b"]);
    assertEquals(
      log.lines.filter((line) => line.includes("cannot")).length,
      1,
    );
  } finally {
    globalThis.fetch = fetch;
  }
});

for (
  const [what, answer, reason] of [
    ["is gone", () => new Response("", { status: 404 }), "the answer is a 404"],
    [
      "redirects",
      () => Response.redirect("http://127.0.0.1:9/"),
      "the answer is a 302",
    ],
    ["is no JSON", () => new Response("<html>"), "it is no JSON"],
    ["is a list", () => Response.json([]), "it must be a JSON object"],
    ["has no keys", () => Response.json({ keys: [] }), "it has no keys"],
    [
      "is huge",
      () => new Response(JSON.stringify({ keys: [], x: "x".repeat(300_000) })),
      "it has more than 256 KiB",
    ],
    [
      "never ends",
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
          }),
        ),
      "it has more than 256 KiB",
    ],
  ] satisfies [string, () => Response, string][]
) {
  Deno.test(`A JWKS that ${what} changes nothing, and is logged once`, async () => {
    await using set = await setUp(answer);
    assertEquals(await set.keys.refresh(), false);
    assertEquals(set.names(), "");
    await until(() => set.log.lines.length > 0);
    const [line, ...others] = set.log.lines;
    assert(line!.includes("the JWKS cannot be read"), line);
    assert(JSON.stringify(set.log.records).includes(reason), line);
    assertEquals(others, []);
  });
}
