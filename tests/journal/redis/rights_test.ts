import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { UnavailableError, UnreadableError } from "../../../journal/history.ts";
import type { RedisJournal } from "../../../journal/redis/journal.ts";
import { PLENTY } from "../contract.ts";
import {
  connect,
  dataBetween,
  entryCount,
  KEY,
  open,
  publish,
  testRedis,
  within,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import type { RedisServer } from "../../support/redis_server.ts";
import { readEvents } from "../../support/read_events.ts";

const DOCS = await Deno.readTextFile(
  new URL("../../../docs/journals.md", import.meta.url),
);
/** The command that the docs have an operator type. */
const SETUSER = /^ACL SETUSER chime .*$/m.exec(DOCS)![0].split(" ");
const RIGHTS = SETUSER.filter((word) => word.startsWith("+"));

/** A URL of the docs' user, with a database that has to be selected. */
function urlOf(server: RedisServer): { url: string } {
  return { url: `${server.url.replace("//", "//chime:s3cret@")}/1` };
}

testRedis(
  "needs no more rights than the docs list",
  async (server, log) => {
    await server.command(...SETUSER);
    await using journal = await connect(urlOf(server), {
      maxEvents: 3,
      maxAgeMs: 1e6,
    });
    const tail = new TailReader(journal);
    await tail.next();
    for (let i = 0; i < 20; i++) {
      await publish(journal, `${i}`);
      await tail.until(`${i}`);
    }
    const end = tail.events.at(-1)!.id;
    const floor = await journal.floor();
    assertEquals((await dataBetween(journal, floor, end)).at(-1), "19");
    const latest = await journal.latest(
      { channels: ["a"], upTo: end, count: 1, after: floor },
      { maxEvents: 9, maxLength: 9 },
    );
    assertEquals(latest.events.map(({ data }) => data), ["19"]);
    // It trims, and begins again where the stream is gone.
    assertLess(await countIn1(server), 20);
    await server.command("FLUSHALL");
    await tail.reset();
    assertEquals(log.lines, []);
  },
  { settings: ["--stream-node-max-entries", "5"] },
);

/** How many entries the stream of {@linkcode urlOf} holds. */
async function countIn1(server: RedisServer): Promise<number> {
  return Number(
    await server.command(
      ...["EVAL", "redis.call('SELECT', 1) return redis.call('XLEN', KEYS[1])"],
      ...["1", KEY],
    ),
  );
}

testRedis(
  "appends nothing, and names the command, where one right of the docs is missing",
  async (server, log) => {
    for (const right of RIGHTS) {
      log.lines.length = 0;
      await server.command(
        ...SETUSER.filter((word) => word !== right),
      );
      await using journal = open(urlOf(server));
      await until(() => log.lines.length > 0);
      const command = right.slice(1).split("|")[0]!;
      assertEquals(log.lines.length, 1, log.lines.join("\n"));
      assert(log.has("Redis is away: NOPERM"), log.lines.join("\n"));
      assert(log.lines[0]!.toLowerCase().includes(command), log.lines[0]);
      assertEquals(await journal.isReady(), false);
      await assertRejects(() => publish(journal, "1"), UnavailableError);
      await assertRejects(() => journal.floor(), UnreadableError);
    }
    assertEquals(await countIn1(server), 0);
  },
);

testRedis(
  "appends nothing where the stream's key is not allowed",
  async (server, log) => {
    await server.command(
      ...SETUSER.map((word) => word === "~chime" ? "~other" : word),
    );
    await using journal = open(urlOf(server));
    await until(() => log.has("Redis is away: NOPERM"));
    await assertRejects(() => publish(journal, "1"), UnavailableError);
    assertEquals(await journal.isReady(), false);
  },
);

for (const command of ["XTRIM", "XADD", "EVALSHA"]) {
  testRedis(
    `appends nothing, and names the command, where Redis has no ${command}`,
    async (server, log) => {
      await using journal = open(server);
      await until(() => log.has(command));
      await assertRejects(() => publish(journal, "1"), UnavailableError);
      assertEquals(await journal.isReady(), false);
      assertEquals(await entryCount(server), 0);
    },
    { settings: ["--rename-command", command, ""] },
  );
}

/** A journal of the docs' user, in the first database. */
async function connectAs(
  server: RedisServer,
  time: FakeTime,
): Promise<RedisJournal> {
  await server.command(...SETUSER);
  const { url } = urlOf(server);
  const journal = open({ url: url.replace(/1$/, "0") }, PLENTY);
  await within(3, time, () => journal.isReady());
  return journal;
}

testRedis(
  "finds out that a right was taken, appends nothing without it, and goes on once it is given back",
  async (server, log) => {
    using time = new FakeTime();
    await using journal = await connectAs(server, time);
    const floor = await journal.floor();
    await server.command("ACL", "SETUSER", "chime", "-xtrim");
    // What it is not yet known to lack cannot undo what is appended.
    await publish(journal, "1");
    await within(6, time, async () => !await journal.isReady());
    assertEquals(log.lines.length, 1, log.lines.join("\n"));
    assert(log.has("the journal failed: NOPERM"), log.lines.join("\n"));
    assert(log.has("XTRIM"), log.lines.join("\n"));
    const count = await entryCount(server);
    await assertRejects(() => publish(journal, "2"), UnavailableError, "XTRIM");
    assertEquals(await entryCount(server), count);
    // What can be read still is.
    const [last] = (await server.command(
      ...["XREVRANGE", KEY, "+", "-", "COUNT", "1"],
    ) as [[`${number}-${number}`]])[0];
    assertEquals(await dataBetween(journal, floor, last), ["1"]);
    await server.command("ACL", "SETUSER", "chime", "+xtrim");
    await within(6, time, () => journal.isReady());
    const [id] = await publish(journal, "3");
    assertEquals(await dataBetween(journal, floor, id!), ["1", "3"]);
  },
);

testRedis(
  "says for good what it may no longer read, and is not ready",
  async (server, log) => {
    using time = new FakeTime();
    await using journal = await connectAs(server, time);
    const floor = await journal.floor();
    const [id] = await publish(journal, "1");
    await server.command("ACL", "SETUSER", "chime", "-xrevrange", "-xrange");
    const query = { channels: ["a"], after: floor, upTo: id! };
    const limits = { maxEvents: 9, maxLength: 9 };
    for (
      const attempt of [
        () => journal.floor(),
        () => journal.read(query, limits),
        () => journal.latest({ ...query, count: 1 }, limits),
      ]
    ) await assertRejects(attempt, UnreadableError, "The journal failed:");
    assertEquals(await journal.isReady(), false);
    assert(log.has("the journal failed: NOPERM"), log.lines.join("\n"));
    await server.command("ACL", "SETUSER", "chime", "+xrevrange", "+xrange");
    await within(6, time, () => journal.isReady());
    assertEquals(await dataBetween(journal, floor, id!), ["1"]);
  },
);

testRedis(
  "says for good what Redis refuses to read for reasons of its own",
  async (server, log) => {
    await using journal = await connect(server);
    const floor = await journal.floor();
    const noId = "x-y" as typeof floor;
    await assertRejects(
      () => readEvents(journal, ["a"], floor, noId),
      UnreadableError,
      "ERR Invalid stream ID",
    );
    assertEquals(await journal.isReady(), false);
    assert(log.has("the journal failed: ERR"), log.lines.join("\n"));
  },
);

testRedis(
  "says for good that the stream's key holds something else",
  async (server, log) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    const { last } = await tail.next();
    await server.command("DEL", KEY);
    await server.command("SET", KEY, "text");
    await assertRejects(() => journal.floor(), UnreadableError, "WRONGTYPE");
    await assertRejects(() => publish(journal, "1"), UnavailableError);
    assertEquals(await journal.isReady(), false);
    assert(log.has("the journal failed: WRONGTYPE"), log.lines.join("\n"));
    await server.command("DEL", KEY);
    const begin = await tail.reset();
    assert(begin !== last);
    await publish(journal, "2");
    assertEquals(await tail.until("2"), ["2"]);
    await until(() => journal.isReady());
  },
);
