import { assert, assertEquals } from "@std/assert";
import type { EventId } from "../../../events/event_id.ts";
import type { RedisJournal } from "../../../journal/redis/journal.ts";
import {
  connect,
  dataBetween,
  heldData,
  KEYS,
  open,
  publish,
  testRedis,
} from "../../support/redis_fixture.ts";
import { after, EARLIEST, readAll } from "../../support/read_events.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";

/** Replicas get what they need at once. */
const AT_ONCE = {
  settings: [
    "--repl-diskless-sync-delay",
    "0",
    "--repl-ping-replica-period",
    "1",
  ],
};

/** Whether clients at these ids are resumed. */
async function isKnown(
  journal: RedisJournal,
  ids: readonly EventId[],
): Promise<boolean[]> {
  const answers = await Promise.all(
    ids.map((id) => readAll(journal, ["a"], after(id))),
  );
  return answers.map(({ kind }) => kind === "found");
}

/** Makes a server follow another, and waits until it has what the other has. */
async function follow(
  replica: RedisServer,
  master: RedisServer,
): Promise<void> {
  await replica.command("REPLICAOF", "127.0.0.1", `${master.port}`);
  await caughtUp(replica, master);
}

async function caughtUp(
  replica: RedisServer,
  master: RedisServer,
): Promise<void> {
  const offset = async (server: RedisServer) =>
    /master_repl_offset:(\d+)/.exec(
      `${await server.command("INFO", "replication")}`,
    )![1];
  await until(async () => {
    const info = `${await replica.command("INFO", "replication")}`;
    return info.includes("master_link_status:up") &&
      await offset(replica) === await offset(master);
  });
}

/** Makes a replica follow nobody, without what its master takes from now on. */
async function cutOff(replica: RedisServer): Promise<void> {
  await replica.command("REPLICAOF", "127.0.0.1", "1");
}

/** Like Redis's own file of an earlier time, put back. */
async function takeDump(server: RedisServer): Promise<Uint8Array> {
  await server.command("SAVE");
  return await Deno.readFile(`${server.folder}/dump.rdb`);
}

async function restart(
  server: RedisServer,
  dump: Uint8Array,
  ...journals: RedisJournal[]
): Promise<void> {
  await server.stop("SIGKILL");
  await until(async () =>
    (await Promise.all(journals.map((journal) => journal.isReady())))
      .every((isReady) => !isReady)
  );
  await Deno.writeFile(`${server.folder}/dump.rdb`, dump);
  await server.start();
  for (const journal of journals) await until(() => journal.isReady());
}

testRedis(
  "resumes within what a restart left, and tells all others, whatever is published first",
  async (server) => {
    await using one = await connect(server);
    await using two = await connect(server);
    const tail = new TailReader(one);
    const { last: start } = await tail.next();
    const kept = await publish(one, "1", "2");
    const dump = await takeDump(server);
    const lost = await publish(one, "3", "4");
    await tail.until("4");
    await restart(server, dump, one, two);

    assertEquals(await isKnown(two, [start, ...kept]), [true, true, true]);
    assertEquals(await isKnown(two, lost), [false, false]);
    // Others publish, so that the lost ids lie between two that are there.
    const next = await publish(two, "5", "6");
    assertEquals(await isKnown(two, [start, ...kept]), [true, true, true]);
    assertEquals(await isKnown(two, lost), [false, false]);
    assertEquals(await isKnown(one, next), [true, true]);
    assertEquals(await dataBetween(one, kept[0]!), ["2", "5", "6"]);
    await tail.reset();
    await publish(one, "7");
    assertEquals((await tail.until("7")).at(-1), "7");
  },
);

testRedis(
  "tells nobody anything where a restart has lost nothing",
  async (server) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    await tail.next();
    const ids = await publish(journal, "1", "2");
    await tail.until("2");
    await server.stop("SIGTERM");
    await until(async () => !await journal.isReady());
    await server.start();
    await until(() => journal.isReady());
    const next = await publish(journal, "3");
    assertEquals(await tail.until("3"), ["3"]);
    assertEquals(await dataBetween(journal, ids[0]!), ["2", "3"]);
    assertEquals(next[0]!.split(".")[1] === ids[0]!.split(".")[1], false);
  },
  { isDurable: true },
);

testRedis(
  "tells of what a promoted replica does not have, and resumes the rest",
  async (master) => {
    await using replica = await RedisServer.start(AT_ONCE);
    await using old = await connect(master);
    const [first] = await publish(old, "1");
    await follow(replica, master);
    // Connected while it is a replica: the connection outlives the promotion.
    await using there = await connectToReplica(replica);
    const tail = new TailReader(there);
    await tail.next();
    const [second] = await publish(old, "2");
    await caughtUp(replica, master);
    await cutOff(replica);
    const lost = await publish(old, "3", "4");
    await replica.command("REPLICAOF", "NO", "ONE");
    await until(() => there.isReady());
    const next = await publish(there, "5");
    assertEquals(await isKnown(there, [first!, second!]), [true, true]);
    assertEquals(await isKnown(there, lost), [false, false]);
    assertEquals(await dataBetween(there, first!), ["2", "5"]);
    assertEquals(await tail.until("5"), ["2", "5"]);

    // Back again: the first is a replica for a while, in the same process, and loses what it alone had.
    const [split] = await publish(old, "6");
    await follow(master, replica);
    await master.command("REPLICAOF", "NO", "ONE");
    await until(() => old.isReady());
    const back = await publish(old, "7");
    assertEquals(
      await isKnown(old, [first!, second!, ...next, ...back]),
      [true, true, true, true],
    );
    assertEquals(await isKnown(old, [...lost, split!]), [false, false, false]);
    assertEquals(await dataBetween(old, first!), ["2", "5", "7"]);
  },
  AT_ONCE,
);

/** A journal over a replica, which can be read. */
async function connectToReplica(replica: RedisServer): Promise<RedisJournal> {
  const journal = open(replica);
  await until(() => heldData(journal).then(() => true, () => false));
  return journal;
}

testRedis(
  "tells of what went while a master followed another for a while, over the same connection",
  async (master) => {
    await using other = await RedisServer.start(AT_ONCE);
    await using journal = await connect(master);
    const tail = new TailReader(journal);
    await tail.next();
    const [kept] = await publish(journal, "1");
    await follow(other, master);
    await cutOff(other);
    const lost = await publish(journal, "2", "3");
    await tail.until("3");
    await other.command("REPLICAOF", "NO", "ONE");
    await follow(master, other);
    await master.command("REPLICAOF", "NO", "ONE");
    await until(() => journal.isReady());
    const next = await publish(journal, "4");
    assertEquals(await isKnown(journal, [kept!, ...next]), [true, true]);
    assertEquals(await isKnown(journal, lost), [false, false]);
    await tail.reset();
  },
  AT_ONCE,
);

testRedis(
  "tells of a dump that was put back, and of another one after it",
  async (server) => {
    await using journal = await connect(server);
    const ids: EventId[] = [];
    ids.push(...await publish(journal, "1"));
    const dump = await takeDump(server);
    for (let life = 0; life < 3; life++) {
      const [lost] = await publish(journal, `lost ${life}`);
      await restart(server, dump, journal);
      const [id] = await publish(journal, `kept ${life}`);
      assertEquals(
        await isKnown(journal, [ids[0]!, lost!, id!]),
        [true, false, true],
      );
      assertEquals(await heldData(journal), ["1", `kept ${life}`]);
    }
  },
);

testRedis(
  "tells of a list that Redis lost, before and after the next message",
  async (server) => {
    await using journal = await connect(server);
    const ids = await publish(journal, "1", "2");
    await journal.append([{ channel: "b", data: "b" }]);
    await server.command("DEL", KEYS.channel("a"));
    for (const round of [1, 2]) {
      const kind = async (...channels: string[]) =>
        (await readAll(journal, channels, after(ids[0]!))).kind;
      assertEquals(await kind("a"), "gone", `${round}`);
      assertEquals(await kind("a", "b"), "gone");
      assertEquals(await kind("b"), "found");
      assertEquals(await journal.changed(["a"], ids[1]!, ids[1]!), ["a"]);
      const held = await readAll(journal, ["a"], EARLIEST);
      assert(held.kind === "found");
      assertEquals(held.records.length, round - 1);
      const answer = await readAll(journal, ["a"], {
        kind: "since",
        ms: Date.now() - 60_000,
      });
      assertEquals(answer.kind, "gone");
      if (round === 1) ids.push(...await publish(journal, "3"));
    }
    assertEquals(await dataBetween(journal, ids[2]!), []);
    const [next] = await publish(journal, "4");
    assertEquals(await dataBetween(journal, ids[2]!), ["4"]);
    assertEquals(await dataBetween(journal, next!), []);
  },
);

testRedis(
  "lets go of others though Redis lost the oldest list",
  async (server) => {
    await using journal = await connect(server, {
      maxEvents: 100,
      maxAgeMs: 86_400_000,
      maxBytes: 100_000,
    });
    const [first] = await publish(journal, "1");
    await server.command("DEL", KEYS.channel("a"));
    for (let i = 0; i < 20; i++) {
      await journal.append([{ channel: "b", data: "x".repeat(9_000) }]);
    }
    await until(async () => (await heldData(journal, "b")).length < 12);
    assertEquals((await readAll(journal, ["a"], after(first!))).kind, "gone");
    await until(async () =>
      await server.command("ZSCORE", KEYS.oldest, "a") === null
    );
  },
);
