import { assert, assertEquals } from "@std/assert";
import {
  type EventId,
  eventIdMs,
  ORIGIN,
  placeOf,
} from "../../../events/event_id.ts";
import { pageArguments, type PageQuery } from "../../../journal/redis/page.ts";
import { READ } from "../../../journal/redis/read_script.ts";
import { connect, KEYS, testRedis } from "../../support/redis_fixture.ts";
import { after, END, readAll } from "../../support/read_events.ts";
import type { RedisServer } from "../../support/redis_server.ts";

const NAMES = ["busy", "quiet", "large", "none"];

/** Asks Redis itself for what came after an id. */
async function readPage(
  server: RedisServer,
  id: EventId,
  names: readonly string[],
  least = "",
): Promise<(string | string[])[]> {
  const query: PageQuery = {
    ...{ kind: "after", from: id, unproved: ORIGIN, upTo: END },
    ...{ maxCount: 100_000, newest: 0, least },
  };
  return await server.command(
    ...["EVAL", READ, `${3 + names.length}`],
    ...[KEYS.state, KEYS.floors, KEYS.oldest],
    ...names.map((name) => KEYS.channel(name)),
    ...[...pageArguments(query, 86_400_000), ...names],
  ) as (string | string[])[];
}

/** The bytes of what Redis answers with at once. */
async function pageBytes(
  server: RedisServer,
  id: EventId,
  names: readonly string[],
): Promise<number> {
  const reply = await readPage(server, id, names);
  assertEquals(reply[0], "found");
  return reply.flat().reduce((sum, text) => sum + text.length, 0);
}

testRedis(
  "answers with at most 1 MiB or one event at once, and loses none between the pages",
  async (server) => {
    await using journal = await connect(server);
    const ids: EventId[] = [];
    const lengths: number[] = [];
    for (let i = 0; i < 300; i++) {
      const [channel, length] = i % 50 === 7
        ? ["large", 2_000_000]
        : i % 10 === 3
        ? ["quiet", 10]
        : ["busy", 40_000];
      lengths.push(length);
      ids.push(
        ...await journal.append([{ channel, data: "x".repeat(length) }]),
      );
    }
    for (const names of [["busy"], ["quiet", "busy"], ["large"], NAMES]) {
      for (const i of [0, 1, 6, 7, 50, 150, 299]) {
        const bytes = await pageBytes(server, ids[i]!, names);
        const isAlone = bytes > 2_000_000 && bytes < 2_000_300;
        assert(bytes <= 1024 ** 2 || isAlone, `${bytes} of ${names}`);
      }
    }
    const answer = await readAll(journal, NAMES, after(ids[0]!));
    assert(answer.kind === "found");
    assertEquals(answer.records.map(({ id }) => id), ids.slice(1));
    assertEquals(
      answer.records.map((record) => "data" in record && record.data.length),
      lengths.slice(1),
    );
  },
);

testRedis(
  "reads nothing as complete below the floor of another moment",
  async (server) => {
    await using journal = await connect(server);
    const [first, second] = await journal.append([
      { channel: "busy", data: "" },
      { channel: "quiet", data: "" },
    ]);
    const least = `${placeOf(second!)} ${eventIdMs(second!)}`;
    const gone = await readPage(server, first!, ["quiet"], least);
    assertEquals(gone, ["gone", placeOf(second!)]);
    const found = await readPage(server, second!, ["quiet"], least);
    assertEquals(found[0], "found");
  },
);
