import { assert, assertEquals } from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { FakeTime } from "@std/testing/time";
import { JwtKeys } from "../../../access/jwt/jwt_keys.ts";
import { CapturedLog } from "../../support/captured_log.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", {
  namedCurve: "P-256",
});
const PRIVATE = privateKey.export({ format: "jwk" });
const key = (kid: string) => ({ ...publicKey.export({ format: "jwk" }), kid });

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

Deno.test("A JWKS is read at the start, and again where a key is unknown, at most every 30 s for that", async () => {
  let ms = 0;
  const { now } = performance;
  performance.now = () => now.call(performance) + ms;
  try {
    await using set = await setUp(() => jwks("a"));
    assertEquals([set.names(), set.asked()], ["a", 1]);
    set.answerWith(() => jwks("a", "b"));
    await Promise.all([set.keys.refresh(), set.keys.refresh()]);
    assertEquals([set.names(), set.asked()], ["a,b", 2]);
    set.answerWith(() => jwks("b", "c"));
    ms += 29_000;
    assertEquals(await set.keys.refresh(), true);
    assertEquals([set.names(), set.asked()], ["a,b", 2]);
    ms += 1_000;
    await set.keys.refresh();
    assertEquals([set.names(), set.asked()], ["b,c", 3]);
    assertEquals(set.changes, ["a,b", "b,c"]);
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
    [
      "is huge when it is unpacked",
      () =>
        new Response(
          ReadableStream.from([new Uint8Array(5_000_000)])
            .pipeThrough(new CompressionStream("gzip")),
          { headers: { "content-encoding": "gzip" } },
        ),
      "it has more than 256 KiB",
    ],
    [
      "has a private key",
      () => Response.json({ keys: [key("b"), PRIVATE] }),
      "it is a private key",
    ],
    [
      "has a secret",
      () =>
        Response.json({
          keys: [key("b"), { kty: "oct", k: "x".repeat(43) }],
        }),
      "it must have no secret",
    ],
    [
      "is half of one",
      () => new Response(JSON.stringify({ keys: [key("b")] }).slice(0, -2)),
      "it is no JSON",
    ],
  ] satisfies [string, () => Response, string][]
) {
  Deno.test(`A JWKS that ${what} changes nothing, and is logged once`, async () => {
    await using set = await setUp(() => jwks("a"));
    set.answerWith(answer);
    await set.keys.refresh();
    assertEquals([set.names(), set.changes], ["a", []]);
    const [, line, ...others] = set.log.lines;
    assert(line!.includes("the JWKS cannot be read"), line);
    const record = JSON.stringify(set.log.records[1]);
    assert(record.includes(reason), record);
    assertEquals(others, []);
  });
}

Deno.test("A JWKS that could never be read gives no keys, until it can be", async () => {
  await using set = await setUp(() => new Response("", { status: 503 }));
  assertEquals(set.names(), "");
  assertEquals(await set.keys.refresh(), false);
  let ms = 0;
  const { now } = performance;
  performance.now = () => now.call(performance) + ms;
  try {
    set.answerWith(() => jwks("a"));
    assertEquals([await set.keys.refresh(), set.asked()], [false, 2]);
    ms = 30_000;
    assertEquals([await set.keys.refresh(), set.asked()], [true, 3]);
    assertEquals([set.names(), set.changes], ["a", ["a"]]);
  } finally {
    performance.now = now;
  }
});

Deno.test("A JWKS at which nobody answers is logged without its query", async () => {
  using log = new CapturedLog();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  using keys = await JwtKeys.open([`http://127.0.0.1:${port}/keys?key=s3cret`]);
  assertEquals(keys.keys, []);
  const record = JSON.stringify(log.records);
  assert(record.includes(`http://127.0.0.1:${port}/keys`), record);
  assert(record.includes("error sending request"), record);
  assert(!record.includes("s3cret"), record);
});
