import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { fileURLToPath } from "node:url";
import { UnavailableError } from "../../../journal/history.ts";
import {
  connect,
  dataBetween,
  open,
  publish,
  testRedis,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import { latestEvents, readEvents } from "../../support/read_events.ts";
import { CapturedLog } from "../../support/captured_log.ts";

testRedis(
  "starts without Redis, and goes on once that is there",
  async (server, log) => {
    await using journal = open(server);
    const tail = new TailReader(journal);
    const first = tail.next();
    await until(() => log.has("Redis is away: connect ECONNREFUSED"));
    assertEquals(await journal.isReady(), false);
    for (
      const attempt of [
        () => publish(journal, "0"),
        () => journal.changed(["a"], "1-0", "1-0"),
        () => latestEvents(journal, ["a"], "1-0"),
        () => readEvents(journal, ["a"], "1-0", "1-0", 9),
      ]
    ) {
      await assertRejects(
        attempt,
        UnavailableError,
        "The journal failed: Redis is away",
      );
    }
    await server.start();
    assertEquals((await first).records, []);
    await until(() => journal.isReady());
    assertEquals(log.lines.length, 2);
    assertEquals(log.lines[1], "info Redis is back");
    await publish(journal, "1");
    assertEquals(await tail.until("1"), ["1"]);
  },
  { isStopped: true },
);

testRedis("can be closed while Redis is away", async (server, log) => {
  await using journal = open(server);
  const next = journal.tail()[Symbol.asyncIterator]().next();
  await until(() => log.has("Redis is away"));
  await journal[Symbol.asyncDispose]();
  assertEquals((await next).done, true);
}, { isStopped: true });

Deno.test("RedisJournal can be closed while it connects", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  // Its hand is never shaken.
  const journal = open({ url: `rediss://127.0.0.1:${port}` });
  using _connection = await listener.accept();
  // At once, not only when the attempt would have been given up anyway.
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve("too late"), 2_000);
  const closed = journal[Symbol.asyncDispose]().then(() => "closed");
  assertEquals(await Promise.race([closed, late]), "closed");
  clearTimeout(timer);
});

testRedis(
  "rejects what a Redis that hangs does not answer, and recovers",
  async (server, log) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    const start = (await tail.next()).last;
    server.freeze();
    // What is sent to it does not make it look alive.
    const publishing = setInterval(
      () => publish(journal, "0").catch(() => {}),
      200,
    );
    await assertRejects(
      () => publish(journal, "1"),
      UnavailableError,
      "The journal failed: no answer for 4 s",
    ).finally(() => clearInterval(publishing));
    assertEquals(await journal.isReady(), false);
    await assertRejects(() => publish(journal, "2"), UnavailableError, "away");
    server.thaw();
    await until(() => journal.isReady());
    const [id] = await publish(journal, "3");
    // What was answered as having failed may yet have been appended.
    assertEquals(await tail.until("3"), await dataBetween(journal, start, id!));
    assertEquals(log.lines, [
      "warn Redis is away: no answer for 4 s",
      "info Redis is back",
    ]);
  },
);

testRedis("tells nobody the password", async (server, log) => {
  const secret = "s3cret";
  for (const user of ["", "nobody"]) {
    const { length } = log.lines;
    await using journal = open({
      url: server.url.replace("//", `//${user}:${secret}@`),
    });
    await until(() => log.lines.length > length);
    const error = await assertRejects(
      () => publish(journal, "1"),
      UnavailableError,
    );
    log.lines.push(Deno.inspect(error), Deno.inspect(journal));
  }
  assert(log.has("Redis is away: WRONGPASS"));
  for (const url of [`redis://:${secret}@`, `http://:${secret}@h`]) {
    const error = assertThrows(() => open({ url }), SyntaxError);
    log.lines.push(Deno.inspect(error));
  }
  assert(!log.has(secret), log.lines.join("\n"));
}, { settings: ["--requirepass", "another"] });

testRedis(
  "tells nobody the password where Redis repeats what it refuses",
  async (server, log) => {
    for (const secret of ["s3cret", "s3cret".repeat(30)]) {
      log.lines.length = 0;
      await using _journal = open({
        url: server.url.replace("//", `//:${secret}@`),
      });
      await until(() => log.has("unknown command"));
      assert(!log.has("s3cret"), log.lines.join("\n"));
    }
  },
  { settings: ["--rename-command", "AUTH", ""] },
);

/** The real one, also while time is faked. */
const realTimeout = globalThis.setTimeout;

Deno.test("RedisJournal waits longer after each connection that drops at once", async () => {
  using time = new FakeTime();
  using _log = new CapturedLog();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let count = 0;
  const dropping = (async () => {
    for await (const connection of listener) {
      count++;
      await connection.read(new Uint8Array(1_024));
      connection.close();
    }
  })();
  await using journal = open({
    url: `redis://127.0.0.1:${listener.addr.port}`,
  });
  // The shortest pauses are of 25, 50, 100, 200 and 400 ms.
  for (let ms = 0; ms < 770; ms += 10) {
    await time.tickAsync(10);
    await new Promise((resolve) => realTimeout(resolve, 10));
  }
  await until(async () => {
    await time.tickAsync(1);
    return count >= 2;
  });
  assert(count <= 6, `${count} connections`);
  await journal[Symbol.asyncDispose]();
  listener.close();
  await dropping;
});

Deno.test("RedisJournal says once why Redis is away, without the password", async () => {
  using log = new CapturedLog();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await using journal = open({ url: `redis://:s3cret@127.0.0.1:${port}` });
  const tailing = journal.tail()[Symbol.asyncIterator]().next();
  for (let i = 0; i < 6; i++) {
    using connection = await listener.accept();
    const buffer = new Uint8Array(1_024);
    const length = await connection.read(buffer);
    const heard = new TextDecoder().decode(buffer.subarray(0, length!));
    const refusal = `-ERR heard ${heard.replaceAll("\r\n", " ")}\r\n`;
    await connection.write(new TextEncoder().encode(refusal));
    await connection.read(buffer);
  }
  assertEquals(log.lines, [
    "warn Redis is away: ERR heard *2 $4 AUTH $6 *** ",
  ]);
  await journal[Symbol.asyncDispose]();
  await tailing;
});

for (
  const [url, rule] of [
    ["memory:", "begin with redis:// or rediss:// and name a host"],
    ["redis:///0", "begin with redis:// or rediss:// and name a host"],
    ["redis://h/first", "have no path but the number of a database"],
    ["redis://h/0?a=b", "have no query and no fragment"],
    ["redis://%ff:x@h", "hold its user and password as percent-encoded UTF-8"],
  ] as const
) {
  Deno.test(`RedisJournal refuses the URL ${url}`, () => {
    assertThrows(
      () => open({ url }),
      SyntaxError,
      `the URL of Redis must ${rule}`,
    );
  });
}

/** Appends and reads an event in a process that may use the network and nothing else. */
async function runAlone(url: string, ca?: string): Promise<string> {
  const path = (name: string) => new URL(name, import.meta.url);
  const code = `
    import { RedisJournal } from "${path("../../../journal/redis/journal.ts")}";
    Deno.unrefTimer(setTimeout(() => Deno.exit(1), 20_000));
    await using journal = new RedisJournal({
      url: "${url}",
      key: "chime",
      retention: { maxEvents: 9, maxAgeMs: 60_000, maxBytes: 1e6 },
    });
    for await (const { records } of journal.tail()) {
      const event = records.find((record) => "data" in record);
      if (event) {
        console.log(event.data);
        break;
      }
      await journal.append([{ channel: "a", data: "there" }]).catch(() => {});
    }`;
  const config = fileURLToPath(path("../../../deno.json"));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-net", "--config", config],
      `data:text/typescript,${encodeURIComponent(code)}`,
    ],
    env: ca ? { NODE_EXTRA_CA_CERTS: ca } : {},
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stderr) + decoder.decode(stdout);
}

testRedis("needs no permission but for the network", async (server) => {
  assertEquals(await runAlone(server.url), "there\n");
});

testRedis("speaks TLS, and checks who answers", async (server, log) => {
  for (const host of ["127.0.0.1", "localhost"]) {
    const url = server.url.replace("127.0.0.1", host);
    assertEquals(await runAlone(url, server.ca), "there\n");
  }
  // Nobody here has heard of its certificate.
  await using journal = open(server);
  await until(() => log.lines.length > 0);
  assertStringIncludes(log.lines[0]!, "self-signed certificate");
  assertEquals(await journal.isReady(), false);
}, { isSecure: true });
