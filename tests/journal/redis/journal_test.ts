import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compareEventIds } from "../../../events/event_id.ts";
import { PLENTY, testJournal } from "../contract.ts";
import {
  connect,
  connectStore,
  heldData,
  KEY,
  open,
  publish,
  testRedis,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import { redisMissing, RedisServer } from "../../support/redis_server.ts";
import { latestEvents, readEvents } from "../../support/read_events.ts";

testJournal({
  name: "RedisJournal",
  hasOwnClock: true,
  ...(redisMissing ? { skip: redisMissing } : {}),
  async open(retention, resources) {
    return await connect(resources.use(await RedisServer.start()), retention);
  },
  async makeStore(resources) {
    const server = resources.use(await RedisServer.start());
    return (retention) => connectStore(server, retention);
  },
});

testRedis("brings every instance the same order", async (server) => {
  await using one = await connect(server);
  await using two = await connect(server);
  const [a, b] = [new TailReader(one), new TailReader(two)];
  const start = (await a.next()).last;
  assertEquals((await b.next()).last, start);
  const ids = await Promise.all(
    Array.from({ length: 200 }, (_, i) => publish(i % 2 ? one : two, `${i}`)),
  );
  await publish(one, "end");
  await Promise.all([a.until("end"), b.until("end")]);
  assertEquals(a.events, b.events);
  assertEquals(
    a.events.map(({ id }) => id).slice(0, -1),
    ids.flat().sort(compareEventIds),
  );
  const end = a.events.at(-1)!.id;
  for (const journal of [one, two]) {
    assertEquals(
      await readEvents(journal, ["a"], a.events[99]!.id, end, 999),
      a.events.slice(100),
    );
  }
});

testRedis("knows the keys of other instances", async (server) => {
  await using one = await connect(server);
  await using two = await connect(server);
  const keyed = { channel: "a", data: "1", key: { name: "k", hash: "h" } };
  const published = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).publish([keyed])),
  );
  assertEquals(published.reduce((sum, { count }) => sum + count, 0), 1);
  assertEquals(new Set(published.flatMap(({ ids }) => ids)).size, 1);
  assertEquals(await heldData(two), ["1"]);
});

testRedis("finds events however many others lie between", async (server) => {
  await using journal = await connect(server);
  const [first, second] = await publish(journal, "1", "2");
  await journal.append(
    Array.from({ length: 1_000 }, () => ({ channel: "b", data: "" })),
  );
  const [last] = await publish(journal, "3");
  assertEquals(await heldData(journal), ["1", "2", "3"]);
  assertEquals(await readEvents(journal, ["a"], first!, last!, 2), [
    { channel: "a", data: "2", id: second! },
    { channel: "a", data: "3", id: last! },
  ]);
  const latest = await latestEvents(journal, ["none", "a", "b"], last!);
  assertEquals(latest.map(({ channel }) => channel), ["b", "a"]);
  const before = await latestEvents(journal, ["a"], latest[0]!.id);
  assertEquals(before.map(({ data }) => data), ["2"]);
});

testRedis("keeps the timelines of two keys apart", async (server) => {
  await using one = await connect(server);
  await using two = await connect(server, PLENTY, "other");
  const [id] = await publish(one, "1");
  assertEquals((await latestEvents(one, ["a"], id!)).length, 1);
  assertEquals(await latestEvents(two, ["a"], id!), []);
});

testRedis("uses the database in the URL", async (server) => {
  await using journal = await connect({ url: `${server.url}/3` });
  await publish(journal, "1");
  const keys = `${await server.command("INFO", "keyspace")}`;
  assertStringIncludes(keys, "db3:keys=6");
  assert(!keys.includes("db0"), keys);
});

testRedis("appends though Redis forgot its scripts", async (server) => {
  await using journal = await connect(server);
  await server.command("SCRIPT", "FLUSH");
  assertEquals((await publish(journal, "1")).length, 1);
});

testRedis(
  "waits for what is being appended before it closes",
  async (server) => {
    let appended;
    {
      await using journal = await connect(server);
      appended = publish(journal, "1");
    }
    assertEquals((await appended).length, 1);
  },
);

testRedis(
  "does not take another's value for its own",
  async (server, log) => {
    await server.command("SET", KEY, "text");
    await using journal = open(server);
    await until(() => log.has("Redis is away: WRONGTYPE"));
    assertEquals(await journal.isReady(), false);
  },
);

testRedis("passes over what is no event", async (server, log) => {
  await using journal = await connect(server);
  const tail = new TailReader(journal);
  await tail.next();
  await journal.append([
    { channel: "a", data: "", type: "two\nlines" },
    { channel: "a", data: '{"state":"reset"}', type: "status" },
    { channel: "a", data: "", type: "" },
    { channel: "not a name", data: "" },
    // Chime 0.1 took this type.
    { channel: "a", data: "open", type: "open" },
  ]);
  await publish(journal, "2");
  assertEquals(await tail.until("2"), ["open", "2"]);
  assertEquals(await heldData(journal), ["open", "2"]);
  const latest = await latestEvents(journal, ["a", "not a name"], undefined, 9);
  assertEquals(latest.map(({ data }) => data), ["open", "2"]);
  assertEquals(log.lines.length, 1, log.lines.join("\n"));
  assertStringIncludes(log.lines[0]!, "is no event, and is passed over");
});
