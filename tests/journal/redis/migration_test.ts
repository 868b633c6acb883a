import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { EventId } from "../../../events/event_id.ts";
import { UnavailableError } from "../../../journal/history.ts";
import {
  catchUp,
  connect,
  heldData,
  KEY,
  KEYS,
  open,
  publish,
  testRedis,
  within,
} from "../../support/redis_fixture.ts";
import { after, readAll } from "../../support/read_events.ts";
import type { RedisServer } from "../../support/redis_server.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";

/** The script with which Chime 0.2 appended: to begin with, then messages of a channel, data and a type. */
const OLD_APPEND = `
local key = KEYS[1]
if redis.call('XLEN', key) == 0 then
  redis.call('XADD', key, '*', 'genesis', '1')
end
local ids = {}
for i = 1, #ARGV, 3 do
  local channel, data, type = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  ids[#ids + 1] = type == ''
    and redis.call('XADD', key, '*', 'channel', channel, 'data', data)
    or redis.call('XADD', key, '*', 'channel', channel, 'data', data, 'type', type)
end
return ids`;

/** Appends as Chime 0.2 did. */
async function appendOld(
  server: RedisServer,
  ...messages: [channel: string, data: string, type?: string][]
): Promise<EventId[]> {
  const args = messages.flatMap(([channel, data, type]) => [
    ...[channel, data, type ?? ""],
  ]);
  return await server.command(
    "EVAL",
    OLD_APPEND,
    "1",
    KEY,
    ...args,
  ) as EventId[];
}

async function oldest(server: RedisServer): Promise<EventId> {
  const [[id]] = await server.command(
    ...["XRANGE", KEY, "-", "+", "COUNT", "1"],
  ) as [[EventId]];
  return id;
}

testRedis(
  "moves what an older Chime kept, with its ids, and resumes its clients",
  async (server, log) => {
    const ids = await appendOld(
      server,
      ["a", "1"],
      ["b", "2", "t"],
      ["a", "3", "open"],
      ["a", "\0\u{1F701}", "x"],
    );
    const genesis = await oldest(server);
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    await tail.next();
    const answer = await readAll(journal, ["a", "b"], after(genesis));
    assert(answer.kind === "found");
    assertEquals(answer.records, [
      { channel: "a", data: "1", id: ids[0]! },
      { channel: "b", data: "2", type: "t", id: ids[1]! },
      { channel: "a", data: "3", type: "open", id: ids[2]! },
      { channel: "a", data: "\0\u{1F701}", type: "x", id: ids[3]! },
    ]);
    const kind = async (id: EventId) =>
      (await readAll(journal, ["a"], after(id))).kind;
    assertEquals(await kind(ids[3]!), "found");
    const [ms] = ids[3]!.split("-");
    assertEquals(await kind(`${Number(ms) + 1}-0`), "unknown");
    assertEquals(await kind("1-0"), "gone");
    const [next] = await publish(journal, "4");
    assertEquals(await tail.until("4"), ["4"]);
    assert(next!.includes("."));
    // Such an id is known up to the last one at the time only.
    assertEquals(await kind(next!.split(".")[0] as EventId), "unknown");
    assertEquals(await kind(ids[0]!), "found");
    assertEquals(
      log.lines,
      ["info the journal in Redis is being moved to a new format"],
    );
    // An older Chime is refused before it writes.
    const length = await server.command("DBSIZE");
    await assertRejects(
      () => appendOld(server, ["a", "5"]),
      Error,
      "WRONGTYPE",
    );
    assertEquals(await server.command("DBSIZE"), length);
    assertEquals(await server.command("TYPE", KEY), "string");
  },
);

testRedis(
  "moves a large journal a page at a time, whoever does it, and after any crash",
  async (server) => {
    const count = 60;
    const data = (i: number) => `${i} `.padEnd(i % 7 ? 20_000 : 1_300_000);
    const ids: EventId[] = [];
    for (let i = 0; i < count; i++) {
      ids.push(...await appendOld(server, [`c${i % 3}`, data(i)]));
    }
    const genesis = await oldest(server);
    // Some that end in the middle.
    for (let i = 0; i < 4; i++) {
      const journal = open(server);
      await until(async () =>
        Number(await server.command("HLEN", KEYS.state)) > 0
      );
      await journal[Symbol.asyncDispose]();
    }
    const journals = await Promise.all(
      [1, 2, 3].map(() => connect(server)),
    );
    for (const journal of journals) {
      const answer = await readAll(
        journal,
        ["c0", "c1", "c2"],
        after(genesis),
      );
      assert(answer.kind === "found");
      assertEquals(answer.records.map(({ id }) => id), ids);
      assertEquals(
        answer.records.map((record) => "data" in record && record.data),
        ids.map((_, i) => data(i)),
      );
    }
    const [id] = await publish(journals[0]!, "next");
    assertEquals(await heldData(journals[1]!), ["next"]);
    for (const journal of journals) {
      const tail = new TailReader(journal);
      await catchUp(tail, id!);
      await journal[Symbol.asyncDispose]();
    }
  },
);

testRedis(
  "moves what an older Chime publishes meanwhile, after all was removed",
  async (server) => {
    using time = new FakeTime();
    await using journal = open(server);
    await within(3, time, () => journal.isReady());
    await publish(journal, "1");
    await server.command("FLUSHALL");
    await appendOld(server, ["a", "old"]);
    await publish(journal, "2").catch((error) => {
      assert(error instanceof UnavailableError);
    });
    await within(9, time, () => journal.isReady());
    await publish(journal, "3");
    const held = await heldData(journal);
    assertEquals(held.filter((data) => data !== "2"), ["old", "3"]);
  },
);

testRedis(
  "moves no entry that cannot be an event, and none whose id cannot be counted on from",
  async (server) => {
    await appendOld(server, ["a", "1"]);
    await server.command("XADD", KEY, "*", "of", "others");
    await server.command("XADD", KEY, "*", "channel", "no name", "data", "");
    await server.command("XADD", KEY, "*", "channel", "a");
    await appendOld(server, ["a", "2"]);
    await server.command(
      ...["XADD", KEY, "9007199254740991-5", "channel", "a", "data", "3"],
    );
    await server.command(
      ...["XADD", KEY, "18446744073709551615-5", "channel", "a", "data", "4"],
    );
    await using journal = await connect(server);
    assertEquals(await heldData(journal), ["1", "2"]);
    await publish(journal, "5");
    assertEquals(await heldData(journal), ["1", "2", "5"]);
    assertEquals(await heldData(journal, "no name"), []);
  },
);

testRedis(
  "refuses a newer format, and changes nothing",
  async (server, log) => {
    await server.command("HSET", KEYS.state, "format", "3");
    await using journal = open(server);
    await until(() => log.has("only a newer Chime knows"));
    await assertRejects(() => publish(journal, "1"), UnavailableError);
    assertEquals(await journal.isReady(), false);
    assertEquals(await server.command("DBSIZE"), 1);
  },
);

testRedis(
  "appends nothing where the format has become a newer one meanwhile",
  async (server) => {
    await using journal = await connect(server);
    await publish(journal, "1");
    await server.command(
      "EVAL",
      `local hot = { cmsgpack.unpack(redis.call('HGET', KEYS[1], 'hot')) }
      hot[1] = 3
      redis.call('HSET', KEYS[1], 'format', '3', 'hot', cmsgpack.pack(unpack(hot)))`,
      ...["1", KEYS.state],
    );
    await assertRejects(
      () => publish(journal, "2"),
      UnavailableError,
      "only a newer Chime knows",
    );
    assertEquals(await server.command("LLEN", KEYS.channel("a")), 2);
    assertEquals(await journal.isReady(), false);
  },
);
