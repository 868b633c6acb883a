import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  compareEventIds,
  type EventId,
  isEventId,
} from "../../../events/event_id.ts";
import { UnavailableError } from "../../../journal/history.ts";
import type { RedisJournal } from "../../../journal/redis/journal.ts";
import { PLENTY } from "../contract.ts";
import {
  connect,
  dataBetween,
  entryCount,
  KEY,
  open,
  pass,
  publish,
  testRedis,
  within,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import type { RedisServer } from "../../support/redis_server.ts";

const MAX = Number.MAX_SAFE_INTEGER;
const MAX_U64 = "18446744073709551615";
/** A moment that Redis's clock will not come to. */
const FUTURE_MS = Date.UTC(3000);

/** Another program's entry, which looks like an event. */
function add(server: RedisServer, id: string): Promise<unknown> {
  return server.command("XADD", KEY, id, "channel", "a", "data", id);
}

/** Removes it, and has ids go on from the present time. */
async function remove(server: RedisServer, id: string): Promise<void> {
  await server.command("XDEL", KEY, id);
  const [[newest]] = await server.command(
    ...["XREVRANGE", KEY, "+", "-", "COUNT", "1"],
  ) as [[string]];
  await server.command("XSETID", KEY, newest!);
}

for (
  const id of [
    `${MAX + 1}-0`,
    `${MAX_U64}-0`,
    `${MAX_U64}-${MAX_U64}`,
    `${FUTURE_MS}-${MAX + 1}`,
    `${MAX}-${MAX_U64}`,
    `${MAX}-${MAX}`,
  ]
) {
  testRedis(
    `gives out no id after ${id}, is not ready, and loses nothing once that is gone`,
    async (server, log) => {
      await using journal = await connect(server);
      const tail = new TailReader(journal);
      const { last: start } = await tail.next();
      await publish(journal, "1");
      await tail.until("1");
      await add(server, id);
      const count = await entryCount(server);
      for (const data of [["2"], ["3", "4"]]) {
        await assertRejects(
          () => publish(journal, ...data),
          UnavailableError,
          "The journal failed:",
        );
      }
      assertEquals(await journal.isReady(), false);
      assertEquals(await entryCount(server), count);
      const failures = log.lines.filter((line) => line.includes("failed"));
      assertEquals(failures.length, 1, log.lines.join("\n"));
      // Where the tail has read it, clients stand at an id that they can come back with.
      for (let i = 0; i < 2; i++) {
        const { last } = await tail.next();
        assert(isEventId(last), last);
      }

      await remove(server, id);
      const [end] = await publish(journal, "5");
      assertEquals(await journal.isReady(), true);
      // An entry that can be counted with is an event as long as it is there.
      const seen = tail.events.map(({ data }) => data);
      if (seen.includes(id)) await tail.reset();
      else {
        await tail.until("5");
        assertEquals(tail.events.map(({ data }) => data), ["1", "5"]);
      }
      assertEquals(await dataBetween(journal, start, end!), ["1", "5"]);
    },
  );
}

testRedis(
  "appends all of a batch or none where ids come to their end",
  async (server) => {
    await using journal = await connect(server);
    const floor = await journal.floor();
    await server.command("XSETID", KEY, `${FUTURE_MS}-${MAX - 2}`);
    const count = await entryCount(server);
    await assertRejects(
      () => publish(journal, "1", "2", "3"),
      UnavailableError,
    );
    assertEquals(await entryCount(server), count);
    await server.command("XSETID", KEY, `${FUTURE_MS}-${MAX - 2}`);
    const ids = await publish(journal, "4", "5");
    assertEquals(ids, [`${FUTURE_MS}-${MAX - 1}`, `${FUTURE_MS}-${MAX}`]);
    assertEquals(await dataBetween(journal, floor, ids[1]!), ["4", "5"]);
  },
);

testRedis(
  "finds out that ids have come to their end though nobody publishes",
  async (server, log) => {
    using time = new FakeTime();
    await using journal = open(server);
    await within(3, time, () => journal.isReady());
    // The entry is gone, its id still counts.
    await add(server, `${MAX + 1}-0`);
    await server.command("XDEL", KEY, `${MAX + 1}-0`);
    await within(6, time, async () => !await journal.isReady());
    assert(log.has(`next id would be beyond ${MAX}`), log.lines.join("\n"));
    await server.command("DEL", KEY);
    await within(6, time, () => journal.isReady());
  },
);

testRedis(
  "passes over an entry whose id cannot be counted with, and goes on where time has",
  async (server) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    const { last: start } = await tail.next();
    await add(server, `${Date.now()}-${MAX + 1}`);
    await until(async () => {
      const { last } = await tail.next();
      assert(isEventId(last));
      return await publish(journal, "1").then(() => true, () => false);
    });
    await tail.until("1");
    const [end] = await publish(journal, "2");
    assertEquals(await tail.until("2"), ["2"]);
    assertEquals(await dataBetween(journal, start, end!), ["1", "2"]);
    await until(() => journal.isReady());
  },
);

for (const id of [`${MAX}-0`, `${FUTURE_MS}-${MAX_U64}`]) {
  testRedis(
    `goes on after another's entry ${id} of the far future`,
    async (server, log) => {
      using time = new FakeTime();
      await using journal = open(server);
      await within(3, time, () => journal.isReady());
      const tail = new TailReader(journal);
      const { last: start } = await tail.next();
      await server.command("XADD", KEY, id, "of", "others");
      await pass(6, time);
      assertEquals(await journal.isReady(), true);
      const ids: EventId[] = [];
      for (let i = 0; i < 300; i++) ids.push(...await publish(journal, `${i}`));
      await tail.until("299");
      assertEquals(tail.events.map(({ id }) => id), ids);
      assert(ids.every((id) => isEventId(id)), ids[0]);
      assertEquals(new Set(ids).size, 300);
      assertEquals(ids, ids.toSorted(compareEventIds));
      assertEquals((await dataBetween(journal, start, ids[299]!)).length, 300);
      assertEquals(log.lines.filter((line) => line.includes("failed")), []);
    },
  );
}

testRedis(
  "begins at an id that can be counted with where the stream holds none",
  async (server) => {
    await server.command("XADD", KEY, `${MAX_U64}-5`, "of", "others");
    await using journal: RedisJournal = open(server, PLENTY);
    const tail = new TailReader(journal);
    const { last } = await tail.next();
    assert(isEventId(last), last);
    await until(() => journal.floor().then(() => true, () => false));
    const floor = await journal.floor();
    assert(isEventId(floor), floor);
    assertEquals(await dataBetween(journal, floor, last), []);
    assertEquals(await journal.isReady(), false);
    await server.command("DEL", KEY);
    await tail.reset();
    await publish(journal, "1");
    assertEquals(await tail.until("1"), ["1"]);
  },
);
