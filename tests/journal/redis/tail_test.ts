import { assert, assertEquals } from "@std/assert";
import { compareEventIds } from "../../../events/event_id.ts";
import { UnavailableError } from "../../../journal/history.ts";
import { PLENTY } from "../contract.ts";
import {
  connect,
  dataBetween,
  KEY,
  publish,
  testRedis,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import type { RedisServer } from "../../support/redis_server.ts";
import { readEvents } from "../../support/read_events.ts";
import type { CapturedLog } from "../../support/captured_log.ts";

testRedis("tells now and then that nothing has come", async (server) => {
  await using journal = await connect(server);
  const tail = new TailReader(journal);
  const { last } = await tail.next();
  // Whoever waits for the history is woken by these.
  for (let i = 0; i < 3; i++) {
    assertEquals(await tail.next(), { events: [], last });
  }
});

testRedis(
  "loses and repeats nothing where Redis is stopped and started",
  async (server) => {
    await using one = await connect(server);
    await using two = await connect(server);
    const tail = new TailReader(one);
    const start = (await tail.next()).last;
    let isDone = false;
    const appended: string[] = [];
    const publishing = Promise.all([one, two].map(async (journal, n) => {
      for (let i = 0; !isDone; i++) {
        try {
          await publish(journal, `${n}:${i}`);
          appended.push(`${n}:${i}`);
        } catch (error) {
          assert(error instanceof UnavailableError);
          await until(() => journal.isReady());
        }
      }
    }));
    const reading = tail.until("end");
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const { length } = appended;
      await until(() => appended.length > length + 50);
      await server.stop(signal);
      await until(async () => !await one.isReady() && !await two.isReady());
      await server.start();
      await until(async () => await one.isReady() && await two.isReady());
    }
    isDone = true;
    await publishing;
    const [end] = await publish(one, "end");
    const seen = await reading;
    assertEquals(new Set(seen).size, seen.length);
    assertEquals([...new Set(appended).difference(new Set(seen))], []);
    assertEquals(await dataBetween(two, start, end!), seen);
  },
  { isDurable: true },
);

testRedis("tells of a reset where Redis comes back empty", async (server) => {
  await using one = await connect(server);
  await using two = await connect(server);
  const tails = [new TailReader(one), new TailReader(two)];
  for (const tail of tails) await tail.next();
  const [old] = await publish(one, "1");
  for (const tail of tails) await tail.until("1");
  await server.stop();
  await server.start();
  const [begin, ...others] = await Promise.all(
    tails.map((tail) => tail.reset()),
  );
  assertEquals(others, [begin!]);
  assert(compareEventIds(begin!, old!) > 0);
  await until(async () => await one.isReady() && await two.isReady());
  const [id] = await publish(two, "2");
  for (const tail of tails) assertEquals(await tail.until("2"), ["2"]);
  assertEquals(await readEvents(one, ["a"], old!, id!, 9), undefined);
  assertEquals(await dataBetween(one, begin!, id!), ["2"]);
});

testRedis(
  "tells of a reset where the stream is removed, or emptied",
  async (server) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    await tail.next();
    await publish(journal, "1");
    await tail.until("1");
    await server.command("FLUSHALL");
    assertEquals(await tail.reset(), await journal.floor());
    await server.command("FLUSHALL");
    const [, last] = await publish(journal, "2", "3");
    assertEquals(await tail.reset(), await journal.floor());
    assertEquals(await tail.until("3"), ["2", "3"]);
    await server.command("XTRIM", KEY, "MAXLEN", "0");
    assert(compareEventIds(await tail.reset(), last!) > 0);
    await publish(journal, "4");
    assertEquals(await tail.until("4"), ["4"]);
  },
);

testRedis(
  "resets, and goes on after the end of an older state of the stream that comes back",
  async (server) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    await tail.next();
    const [, second] = await publish(journal, "1", "2");
    await server.command("COPY", KEY, "copy");
    const [third] = await publish(journal, "3");
    await tail.until("3");
    await server.command("RENAME", "copy", KEY);
    assertEquals(await tail.reset(), second);
    assertEquals(
      await readEvents(journal, ["a"], third!, third!, 9),
      undefined,
    );
    await publish(journal, "4");
    assertEquals(await tail.until("4"), ["4"]);
  },
);

testRedis(
  "finds a new timeline though its ids are lower than the last one's",
  async (server) => {
    const now = Date.now();
    const add = (key: string, ms: number, ...fields: string[]) =>
      server.command("XADD", key, `${ms}-0`, ...fields);
    await add(KEY, now - 9, "genesis", "1");
    await add("next", now - 5, "genesis", "1");
    await add("next", now - 4, "channel", "a", "data", "2");
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    assertEquals((await tail.next()).last, `${now - 9}-0`);
    await publish(journal, "1");
    await tail.until("1");
    await server.command("RENAME", "next", KEY);
    assertEquals(await tail.reset(), `${now - 5}-0`);
    assertEquals(await tail.until("2"), ["2"]);
  },
);

/** Lets a user in, whom {@linkcode shutOut} keeps away while Redis goes on. */
async function letIn(server: RedisServer): Promise<{ url: string }> {
  await server.command(
    ...["ACL", "SETUSER", "chime", "on", ">p@ss:word", "~*", "+@all"],
  );
  return { url: server.url.replace("//", "//chime:p%40ss%3Aword@") };
}

async function shutOut(server: RedisServer, log: CapturedLog): Promise<void> {
  log.lines.length = 0;
  await server.command("ACL", "SETUSER", "chime", "off");
  await server.command("CLIENT", "KILL", "USER", "chime");
  await until(() => log.has("Redis is away: WRONGPASS"));
}

testRedis(
  "tells of a reset where events went that it had not brought, and only then",
  async (server, log) => {
    await using there = await connect(server);
    await using journal = await connect(await letIn(server));
    const tail = new TailReader(journal);
    await tail.next();
    const [, second] = await publish(journal, "1", "2");
    await tail.until("2");

    await shutOut(server, log);
    await publish(there, "3");
    await server.command("XTRIM", KEY, "MINID", "=", second!);
    await letIn(server);
    assertEquals(await tail.until("3"), ["3"]);
    // A reason is logged again only after all connections were back.
    await until(() => journal.isReady());

    await shutOut(server, log);
    const [, fifth] = await publish(there, "4", "5", "6");
    await server.command("XTRIM", KEY, "MINID", "=", fifth!);
    await letIn(server);
    assertEquals(await tail.reset(), fifth);
    assertEquals(await tail.until("6"), ["6"]);
  },
);

testRedis(
  "tells of a reset where more comes at once than is kept",
  async (server) => {
    await using journal = await connect(server, { ...PLENTY, maxEvents: 10 });
    const tail = new TailReader(journal);
    await tail.next();
    await publish(journal, "1");
    await tail.until("1");
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => publish(journal, `${i}`)),
    );
    await tail.reset();
    const [id] = await publish(journal, "end");
    const seen = await tail.until("end");
    assertEquals(seen, await dataBetween(journal, await journal.floor(), id!));
  },
  { settings: ["--stream-node-max-entries", "5"] },
);
