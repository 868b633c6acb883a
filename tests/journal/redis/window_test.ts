import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { eventIdMs } from "../../../events/event_id.ts";
import { PLENTY } from "../contract.ts";
import {
  catchUp,
  connect,
  dataBetween,
  KEYS,
  open,
  publish,
  testRedis,
  within,
} from "../../support/redis_fixture.ts";
import type { RedisServer } from "../../support/redis_server.ts";
import { readEvents } from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";

const MAX = Number.MAX_SAFE_INTEGER;
const MAX_U64 = "18446744073709551615";

/** What others may do to the window, which Chime alone should write. */
const CHANGES: Record<string, (server: RedisServer) => Promise<unknown>> = {
  "is removed": (server) => server.command("DEL", KEYS.window),
  "is emptied": (server) => server.command("XTRIM", KEYS.window, "MAXLEN", "0"),
  "loses an entry": (server) =>
    server.command("XTRIM", KEYS.window, "MAXLEN", "2"),
  "gets another's entry": (server) =>
    server.command("XADD", KEYS.window, "*", "of", "others"),
  ...Object.fromEntries(
    [`${MAX}-${MAX}`, `${MAX_U64}-0`, `${MAX_U64}-${MAX_U64}`].map((id) => [
      `gets another's entry ${id}`,
      (server) =>
        server.command("XADD", KEYS.window, id, "h", "", "c", "a", "d", "x"),
    ]),
  ),
};

for (const [name, change] of Object.entries(CHANGES)) {
  testRedis(
    `loses nothing where the window ${name}, and brings what comes next`,
    async (server) => {
      await using journal = await connect(server);
      const tail = new TailReader(journal);
      const { last: start } = await tail.next();
      const ids = await publish(journal, "1", "2");
      await catchUp(tail, ids[1]!);
      // Of the same moment as another's entry, where that has Redis's own id.
      await until(() => Date.now() > eventIdMs(ids[1]!));
      await change(server);
      const [third] = await publish(journal, "3");
      await catchUp(tail, third!);
      assertEquals(await dataBetween(journal, start), ["1", "2", "3"]);
      // It is mended by now.
      const more = await publish(journal, "4", "5");
      assertEquals(await catchUp(tail, more[1]!), false);
      assertEquals(tail.events.slice(-2).map(({ data }) => data), ["4", "5"]);
      assert(!tail.events.some(({ data }) => data === "x"));
      assertEquals(await journal.isReady(), true);
    },
  );
}

testRedis(
  "skips what a tail has missed for longer than the window holds",
  async (server, log) => {
    await server.command(
      ...["ACL", "SETUSER", "chime", "on", ">p", "~*", "+@all"],
    );
    await using there = await connect(server);
    await using journal = await connect({
      url: server.url.replace("//", "//chime:p@"),
    });
    const tail = new TailReader(journal);
    await tail.next();
    const [first] = await publish(journal, "first");
    await catchUp(tail, first!);
    await server.command("ACL", "SETUSER", "chime", "off");
    await server.command("CLIENT", "KILL", "USER", "chime");
    await until(() => log.has("Redis is away: WRONGPASS"));
    let last = first!;
    for (let i = 0; i < 12; i++) {
      const batch = Array.from({ length: 1_000 }, (_, n) => `${i}:${n}`);
      last = (await publish(there, ...batch)).at(-1)!;
    }
    await server.command("ACL", "SETUSER", "chime", "on");
    await until(() => journal.isReady());
    assertEquals(await catchUp(tail, last), true);
    assertEquals(tail.events.map(({ data }) => data), ["first"]);
    const missed = await readEvents(there, ["a"], first!, last);
    assertEquals(missed!.length, 12_000);
    const [next] = await publish(there, "next");
    assertEquals(await catchUp(tail, next!), false);
    const length = Number(await server.command("XLEN", KEYS.window));
    assert(length >= 9_000 && length <= 10_000, `${length}`);
  },
);

testRedis(
  "holds the window to its part of all, however large events are",
  async (server) => {
    const maxBytes = 16 * 1024 ** 2;
    await using journal = await connect(server, { ...PLENTY, maxBytes });
    const tail = new TailReader(journal);
    await tail.next();
    for (let i = 0; i < 40; i++) {
      const [id] = await publish(journal, `${i} `.padEnd(1024 ** 2));
      await catchUp(tail, id!);
    }
    const used = Number(
      await server.command("MEMORY", "USAGE", KEYS.window, "SAMPLES", "0"),
    );
    assert(used < 4 * 1024 ** 2, `${used}`);
    const list = Number(
      await server.command("LLEN", KEYS.channel("a")),
    ) / 2;
    assert(list >= 10 && list <= 15, `${list}`);
  },
);

testRedis(
  "pages through the window where much has come at once",
  async (server) => {
    using time = new FakeTime();
    await using journal = open(server);
    await within(3, time, () => journal.isReady());
    const tail = new TailReader(journal);
    await tail.next();
    const batch = Array.from(
      { length: 30 },
      (_, i) => `${i} `.padEnd(i % 5 ? 10 : 700_000),
    );
    const ids = await publish(journal, ...batch);
    let pages = 0;
    let last;
    do {
      const { records, gap, ...rest } = await tail.next();
      assertEquals(gap, undefined);
      const bytes = records.reduce(
        (sum, record) => sum + ("data" in record ? record.data.length : 0),
        0,
      );
      assert(bytes <= 1024 ** 2, `${bytes}`);
      if (records.length > 0) pages++;
      last = rest.last;
    } while (last !== ids.at(-1));
    assertEquals(tail.events.map(({ id }) => id), ids);
    assert(pages >= 6, `${pages}`);
  },
);
