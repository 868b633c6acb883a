import { assert, assertEquals } from "@std/assert";
import { type EventId, eventIdMs, placeOf } from "../../../events/event_id.ts";
import { PLENTY } from "../contract.ts";
import {
  connect,
  heldData,
  KEYS,
  publish,
  recordCount,
  testRedis,
} from "../../support/redis_fixture.ts";
import { after, EARLIEST, readAll } from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";

const DAY_MS = 86_400_000;

testRedis(
  "lets go of what is too old, in Redis as well, though nothing is appended",
  async (server) => {
    await using journal = await connect(server, { ...PLENTY, maxAgeMs: 300 });
    const [id] = await publish(journal, "1");
    assertEquals(await heldData(journal), ["1"]);
    await until(async () => (await heldData(journal)).length === 0);
    const held = await readAll(journal, ["a"], EARLIEST);
    assert(held.kind === "found");
    assertEquals(held.unproved, placeOf(id!));
    assertEquals(await recordCount(server), 1);
    const { position, channels: [old] } = await journal.holdings(["a"]);
    assertEquals(position, id);
    assertEquals(old!.events, 0);
    // A tail has it let go.
    await using other = await connect(server, { ...PLENTY, maxAgeMs: 300 });
    const tail = new TailReader(other);
    await until(async () => {
      await tail.next();
      return await recordCount(server) === 0;
    });
    for (const name of ["a", "none"]) {
      const answer = await readAll(other, [name], after(id!));
      assertEquals(answer.kind, "found");
    }
    assertEquals(await server.command("ZCARD", KEYS.oldest), 0);
    assertEquals(await server.command("ZCARD", KEYS.names), 0);
  },
);

testRedis(
  "lets go of a few at a time where a channel may hold many, and says so",
  async (server) => {
    await using journal = await connect(server, {
      ...PLENTY,
      maxEvents: 1_000,
    });
    const ids: EventId[] = [];
    for (let i = 0; i < 1_200; i++) {
      ids.push(...await publish(journal, `${i}`));
      if (i < 1_000) continue;
      const count = await recordCount(server);
      assert(count >= 1_000 && count <= 1_062, `${count}`);
    }
    const held = await readAll(journal, ["a"], EARLIEST);
    assert(held.kind === "found");
    const first = 1_200 - held.records.length;
    assertEquals(held.unproved, placeOf(ids[first - 1]!));
    assertEquals(
      await readAll(journal, ["a"], after(ids[first - 2]!)),
      { kind: "gone", floor: placeOf(ids[first - 1]!) },
    );
  },
);

testRedis(
  "forgets the floors of single channels once the floor of all has passed them",
  async (server) => {
    const retention = { ...PLENTY, maxEvents: 1, maxBytes: 60_000 };
    await using journal = await connect(server, retention);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 20; i++) {
        await journal.append([{ channel: `c${i}`, data: "" }]);
      }
    }
    assertEquals(await server.command("HLEN", KEYS.floors), 20);
    for (let i = 0; i < 12; i++) {
      await journal.append([{ channel: `b${i}`, data: "x".repeat(9_000) }]);
    }
    await until(async () => await server.command("HLEN", KEYS.floors) === 0);
  },
);

/** Makes the newest record of a channel, and the state, what they would be if Redis's clock had been ahead then. */
const WAS_AHEAD = `
local state, list, aheadMs = KEYS[1], KEYS[2], tonumber(ARGV[1])
local hot = { cmsgpack.unpack(redis.call('HGET', state, 'hot')) }
for _, i in ipairs({ 4, 6 }) do hot[i] = hot[i] + aheadMs end
redis.call('HSET', state, 'hot', cmsgpack.pack(unpack(hot)))
local head = redis.call('LINDEX', list, -2)
local before, ms, rest = head:match('^(%d+ %d+ %d+ %d+ )(%d+)(.*)$')
redis.call('LSET', list, -2, before .. string.format('%d', ms + aheadMs) .. rest)`;

testRedis(
  "lets go by when a message was appended, though Redis's clock was ahead once",
  async (server) => {
    const retention = { ...PLENTY, maxAgeMs: 1_500 };
    await using journal = await connect(server, retention);
    await publish(journal, "ahead");
    await server.command(
      ...["EVAL", WAS_AHEAD, "2", KEYS.state, KEYS.channel("a")],
      `${2 * DAY_MS}`,
    );
    const moment = Date.now();
    const [back] = await publish(journal, "back");
    assert(eventIdMs(back!) > Date.now() + DAY_MS);
    const since = async (ms: number) => {
      const answer = await readAll(journal, ["a"], { kind: "since", ms });
      assert(answer.kind === "found", answer.kind);
      return answer.records.map((record) => "data" in record && record.data);
    };
    assertEquals(await since(Date.now() + 5_000), []);
    assertEquals(await since(moment), ["ahead", "back"]);
    await until(() => Date.now() > moment + 1_500);
    await publish(journal, "later");
    assertEquals(await since(Date.now() - 300), ["later"]);
    assertEquals(
      await until(async () => {
        const held = await heldData(journal);
        return held.length < 3 && held;
      }),
      ["later"],
    );
    await until(async () => (await heldData(journal)).length === 0);
  },
);

testRedis(
  "tells of what came after a moment and went, though it counts as older",
  async (server) => {
    await using journal = await connect(server, { ...PLENTY, maxEvents: 1 });
    const beganMs = Date.now();
    await until(() => Date.now() > beganMs);
    const moment = Date.now();
    await journal.append([{ channel: "b", data: "b" }]);
    await publish(journal, "1");
    const [gone] = await publish(journal, "2");
    await publish(journal, "3");
    const since = async (...channels: string[]) =>
      (await readAll(journal, channels, { kind: "since", ms: moment })).kind;
    assertEquals(await since("a"), "gone");
    // As if the clock had been set back before that.
    const floor = `${placeOf(gone!)} ${moment - 1}`;
    await server.command("HSET", KEYS.floors, "a", floor);
    assertEquals(await since("a", "b"), "gone");
    assertEquals(await since("a"), "found");
    assertEquals(await since("b"), "found");
  },
);
