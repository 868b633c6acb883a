import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { UnavailableError, UnreadableError } from "../../../journal/history.ts";
import type { RedisJournal } from "../../../journal/redis/journal.ts";
import { PLENTY } from "../contract.ts";
import {
  catchUp,
  connect,
  heldData,
  KEYS,
  open,
  publish,
  recordCount,
  testRedis,
  within,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import type { RedisServer } from "../../support/redis_server.ts";
import { latestEvents } from "../../support/read_events.ts";

const DOCS = await Deno.readTextFile(
  new URL("../../../docs/journals.md", import.meta.url),
);
/** The command that the docs have an operator type. */
const SETUSER = /^ACL SETUSER chime .*$/m.exec(DOCS)![0].split(" ");
// Without INFO, Chime works.
const RIGHTS = SETUSER.filter((word) =>
  word.startsWith("+") && word !== "+info"
);

/** A URL of the docs' user, with a database that has to be selected. */
function urlOf(server: RedisServer): { url: string } {
  return { url: `${server.url.replace("//", "//chime:s3cret@")}/1` };
}

testRedis(
  "needs no more rights than the docs list",
  async (server, log) => {
    await server.command(...SETUSER);
    const retention = { maxEvents: 3, maxAgeMs: 1e6, maxBytes: 40_000 };
    await using journal = await connect(urlOf(server), retention);
    const tail = new TailReader(journal);
    await tail.next();
    for (let i = 0; i < 20; i++) {
      await publish(journal, `${i}`);
      await tail.until(`${i}`);
    }
    const end = tail.events.at(-1)!.id;
    assertEquals(await heldData(journal), ["17", "18", "19"]);
    const latest = await latestEvents(journal, ["a"], end);
    assertEquals(latest.map(({ data }) => data), ["19"]);
    assertEquals(await journal.changed(["a", "b"], end, end), []);
    const { channels: [held] } = await journal.holdings(["a"]);
    assertEquals(held!.events, 3);
    // It lets go of what is too much in all, of what it holds most.
    for (let i = 0; i < 9; i++) {
      await journal.append([{ channel: `c${i}`, data: "x".repeat(9_000) }]);
    }
    assertEquals(await countIn1(server), 0);
    const keyed = { channel: "a", data: "", key: { name: "k", hash: "h" } };
    const [id] = await journal.append([keyed, keyed]);
    await catchUp(tail, id!);
    assertEquals(await journal.append([keyed]), [id!]);
    const entry = { key: "k", value: "v" };
    assertEquals(await journal.set("ticket", entry, 60_000), true);
    assertEquals(await journal.list("ticket"), [entry]);
    assertEquals(await journal.take("ticket", "k"), "v");
    await server.command("FLUSHALL");
    await tail.reset();
    await publish(journal, "20");
    await tail.until("20");
    assertEquals(log.lines, []);
  },
);

testRedis(
  "moves an older journal without more rights",
  async (server, log) => {
    await server.command(...SETUSER);
    await server.command("EVAL", OLD_STREAM, "1", "chime");
    const { url } = urlOf(server);
    await using journal = await connect({ url: url.replace(/1$/, "0") });
    assertEquals(await heldData(journal), ["1"]);
    assertEquals(log.lines.filter((line) => !line.startsWith("info")), []);
  },
);

/** What an older Chime wrote. */
const OLD_STREAM = `
redis.call('XADD', KEYS[1], '*', 'genesis', '1')
redis.call('XADD', KEYS[1], '*', 'channel', 'a', 'data', '1', 'type', 't')`;

/** How many records the channel "a" holds at {@linkcode urlOf}. */
async function countIn1(server: RedisServer): Promise<number> {
  return Number(
    await server.command(
      ...["EVAL", "redis.call('SELECT', 1) return redis.call('LLEN', KEYS[1])"],
      ...["1", KEYS.channel("a")],
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
      await assertRejects(() => heldData(journal), UnreadableError);
    }
    assertEquals(await countIn1(server), 0);
  },
);

for (const forgotten of ["~chime", "~{chime}:*"]) {
  testRedis(
    `appends nothing where the keys ${forgotten} are not allowed`,
    async (server, log) => {
      await server.command(
        ...SETUSER.map((word) => word === forgotten ? "~other" : word),
      );
      await using journal = open(urlOf(server));
      await until(() => log.has("Redis is away: NOPERM"));
      await assertRejects(() => publish(journal, "1"), UnavailableError);
      assertEquals(await journal.isReady(), false);
    },
  );
}

for (const command of ["LTRIM", "XADD", "EVALSHA"]) {
  testRedis(
    `appends nothing, and names the command, where Redis has no ${command}`,
    async (server, log) => {
      await using journal = open(server);
      await until(() => log.has(command));
      await assertRejects(() => publish(journal, "1"), UnavailableError);
      assertEquals(await journal.isReady(), false);
      assertEquals(await recordCount(server), 0);
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
    await publish(journal, "1");
    await server.command("ACL", "SETUSER", "chime", "-ltrim");
    await within(6, time, async () => !await journal.isReady());
    assertEquals(log.lines.length, 1, log.lines.join("\n"));
    assert(log.has("the journal failed: NOPERM"), log.lines.join("\n"));
    assert(log.has("LTRIM"), log.lines.join("\n"));
    await assertRejects(() => publish(journal, "2"), UnavailableError, "LTRIM");
    // What can be read still is.
    assertEquals(await heldData(journal), ["1"]);
    await server.command("ACL", "SETUSER", "chime", "+ltrim");
    await within(6, time, () => journal.isReady());
    await publish(journal, "3");
    assertEquals(await heldData(journal), ["1", "3"]);
  },
);

for (const command of ["hset", "rpush", "zadd", "xadd"]) {
  testRedis(
    `delivers nothing of what Redis refuses in the middle, at ${command}, and goes on afterwards`,
    async (server) => {
      using time = new FakeTime();
      await using journal = await connectAs(server, time);
      const tail = new TailReader(journal);
      await tail.next();
      await publish(journal, "1");
      await server.command("ACL", "SETUSER", "chime", `-${command}`);
      // Nobody knows yet.
      for (const data of ["2", "2", "2"]) {
        const batch = [{ channel: "b", data }, { channel: "a", data: "3" }];
        const append = () => journal.append(batch);
        await assertRejects(append, UnavailableError, "NOPERM");
      }
      for (const channel of ["a", "b"]) {
        const held = await heldData(journal, channel);
        assertEquals(held, channel === "a" ? ["1"] : []);
      }
      await server.command("ACL", "SETUSER", "chime", `+${command}`);
      await within(6, time, () => journal.isReady());
      const ids = await journal.append([
        { channel: "b", data: "4" },
        { channel: "a", data: "5" },
      ]);
      assertEquals(await heldData(journal), ["1", "5"]);
      assertEquals(await heldData(journal, "b"), ["4"]);
      // What was in the way in the window is left out, at most.
      await catchUp(tail, ids[1]!);
      const seen = tail.events.map(({ data }) => data);
      assert(!seen.includes("2") && !seen.includes("3"), seen.join());
      await publish(journal, "6");
      assertEquals(await tail.until("6"), ["6"]);
    },
  );
}

testRedis(
  "says for good what it may no longer read, and is not ready",
  async (server, log) => {
    using time = new FakeTime();
    await using journal = await connectAs(server, time);
    const [id] = await publish(journal, "1");
    await server.command("ACL", "SETUSER", "chime", "-llen", "-lindex");
    for (
      const attempt of [
        () => heldData(journal),
        () => latestEvents(journal, ["a"]),
        () => journal.changed(["a"], id!, id!),
      ]
    ) await assertRejects(attempt, UnreadableError, "The journal failed:");
    assertEquals(await journal.isReady(), false);
    assert(log.has("the journal failed: NOPERM"), log.lines.join("\n"));
    await server.command("ACL", "SETUSER", "chime", "+llen", "+lindex");
    await within(6, time, () => journal.isReady());
    assertEquals(await heldData(journal), ["1"]);
  },
);

testRedis(
  "says for good what Redis refuses to read for reasons of its own",
  async (server, log) => {
    await using journal = await connect(server);
    await publish(journal, "1");
    await server.command("LSET", KEYS.channel("a"), "0", "no head");
    await assertRejects(() => heldData(journal), UnreadableError, "BADHEAD");
    assertEquals(await journal.isReady(), false);
    assert(log.has("the journal failed: BADHEAD"), log.lines.join("\n"));
  },
);

testRedis(
  "knows no key of a message that it could not append",
  async (server) => {
    await using journal = await connect(server);
    const keyed = { channel: "a", data: "1", key: { name: "k", hash: "h" } };
    await server.command("SET", KEYS.publications, "of others");
    await assertRejects(() => journal.append([keyed]), UnavailableError);
    await server.command("DEL", KEYS.publications);
    assertEquals((await journal.publish([keyed])).count, 1);
    assertEquals(await heldData(journal), ["1"]);
  },
);

for (const key of [KEYS.base, KEYS.channel("a"), KEYS.state]) {
  testRedis(
    `appends nothing while ${key} holds something else, and goes on afterwards`,
    async (server, log) => {
      using time = new FakeTime();
      await using journal = open(server);
      await within(3, time, () => journal.isReady());
      const tail = new TailReader(journal);
      await tail.next();
      await publish(journal, "1");
      await server.command("RENAME", key, "aside");
      await server.command("XADD", key, "*", "of", "others");
      if (key === KEYS.base) {
        await within(6, time, async () => !await journal.isReady());
      }
      await assertRejects(() => publish(journal, "2"), UnavailableError);
      assertEquals(await journal.isReady(), false);
      assert(log.has("the journal failed: WRONGTYPE"), log.lines.join("\n"));
      await server.command("RENAME", "aside", key);
      await within(6, time, () => journal.isReady());
      await publish(journal, "3");
      assertEquals(await heldData(journal), ["1", "3"]);
    },
  );
}
