import { assert, assertEquals } from "@std/assert";
import type { EventId } from "../../../events/event_id.ts";
import { placeArguments } from "../../../journal/redis/places.ts";
import { READ } from "../../../journal/redis/read_script.ts";
import { connect, KEYS, testRedis } from "../../support/redis_fixture.ts";
import { after, END, readAll } from "../../support/read_events.ts";
import type { RedisServer } from "../../support/redis_server.ts";

const NAMES = ["busy", "quiet", "large", "none"];

/** The bytes of what Redis answers with at once. */
async function pageBytes(
  server: RedisServer,
  id: EventId,
  names: readonly string[],
): Promise<number> {
  const [place, epoch] = id.split(".");
  const reply = await server.command(
    ...["EVAL", READ, `${3 + names.length}`],
    ...[KEYS.state, KEYS.floors, KEYS.oldest],
    ...names.map((name) => KEYS.channel(name)),
    ...["after", ...placeArguments(place as EventId), epoch!, "0", "0"],
    ...[...placeArguments(END), "86400000", "100000", `${1024 ** 2}`, "0"],
    ...names,
  ) as (string | string[])[];
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
