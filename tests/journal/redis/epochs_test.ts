import { assert, assertEquals } from "@std/assert";
import { epochOf, type EventId } from "../../../events/event_id.ts";
import { MAX_EPOCHS } from "../../../journal/epochs.ts";
import { PLENTY } from "../contract.ts";
import {
  connect,
  heldData,
  KEYS,
  publish,
  testRedis,
} from "../../support/redis_fixture.ts";
import { after, readAll } from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import type { RedisServer } from "../../support/redis_server.ts";

/** Has the next append take Redis for another one, as after a restart. */
const OTHER_LIFE = `
local hot = { cmsgpack.unpack(redis.call('HGET', KEYS[1], 'hot')) }
hot[2] = 'another'
redis.call('HSET', KEYS[1], 'hot', cmsgpack.pack(unpack(hot)))`;

async function newLife(server: RedisServer): Promise<void> {
  await server.command("EVAL", OTHER_LIFE, "1", KEYS.state);
}

async function epochCount(server: RedisServer): Promise<number> {
  const text = `${await server.command("HGET", KEYS.state, "epochs")}`;
  return text.split("=").length - 1;
}

testRedis(
  "begins an epoch before the first append of each life, with a note, and resets nobody for that",
  async (server) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    const { last: start } = await tail.next();
    const ids: EventId[] = [];
    for (let life = 0; life < 3; life++) {
      await newLife(server);
      ids.push(...await publish(journal, `${life}`));
      await tail.until(`${life}`);
    }
    assertEquals(new Set(ids.map(epochOf)).size, 3);
    const notes = tail.records.filter((record) => "note" in record);
    assertEquals(notes.map(({ id }) => epochOf(id)), ids.map(epochOf));
    for (const id of [start, ...ids, ...notes.map(({ id }) => id)]) {
      const answer = await readAll(journal, ["a"], after(id));
      assertEquals(answer.kind, "found", id);
    }
    assertEquals(await heldData(journal), ["0", "1", "2"]);
    // A mere look at the store begins none.
    await newLife(server);
    await using _other = await connect(server);
    assertEquals(await epochCount(server), 4);
  },
);

testRedis(
  "forgets the epochs that end before the floor",
  async (server) => {
    await using journal = await connect(server, {
      ...PLENTY,
      maxBytes: 60_000,
    });
    for (let life = 0; life < 20; life++) {
      await newLife(server);
      await publish(journal, "x".repeat(9_000));
    }
    await until(async () => await epochCount(server) <= 7);
    const held = await heldData(journal);
    assert(held.length >= 2 && held.length < 7, `${held.length}`);
    assert(await epochCount(server) >= held.length);
  },
);

testRedis(
  "forgets the oldest epochs where there are too many",
  async (server) => {
    await using journal = await connect(server);
    const [first] = await publish(journal, "1");
    const fake = Array.from(
      { length: MAX_EPOCHS - 1 },
      (_, i) => `f${`${i}`.padStart(5, "0")}=1-${i}`,
    );
    const now = `${await server.command("HGET", KEYS.state, "epochs")}`;
    await server.command(
      ...["HSET", KEYS.state, "epochs", ` ${fake.join(" ")}${now}`],
    );
    await newLife(server);
    const [second] = await publish(journal, "2");
    assertEquals(await epochCount(server), MAX_EPOCHS);
    for (const id of [first!, second!]) {
      assertEquals((await readAll(journal, ["a"], after(id))).kind, "found");
    }
  },
);
