import { assert, assertEquals } from "@std/assert";
import type { EventId } from "../../../events/event_id.ts";
import { MAX_MATCHING } from "../../../journal/asked.ts";
import type { Journal } from "../../../journal/journal.ts";
import type { Questions } from "../../../journal/redis/questions.ts";
import { findScope } from "../../../journal/redis/scope.ts";
import type { Match } from "../../../journal/redis/scripts.ts";
import {
  after,
  EARLIEST,
  END,
  latestEvents,
  readAll,
} from "../../support/read_events.ts";
import { connect, KEYS, testRedis } from "../../support/redis_fixture.ts";
import { until } from "../../support/until.ts";
import { PLENTY } from "../contract.ts";

/** More channels than Redis is asked about at once. */
const MANY = 1_200;

async function kindAfter(
  journal: Journal,
  id: EventId,
  ...channels: string[]
): Promise<string> {
  return (await readAll(journal, channels, after(id))).kind;
}

testRedis(
  "reads the records of many channels in order, in pages of any size",
  async (server) => {
    await using journal = await connect(server);
    const ids: EventId[] = [];
    for (let round = 0; round < 4; round++) {
      // In another order each time, and more than fits into one answer.
      const step = [1, 7, 11, 13][round]!;
      ids.push(
        ...await journal.append(
          Array.from({ length: MANY }, (_, i) => ({
            channel: `n.${i * step % MANY}`,
            data: "x".repeat(i % 100 === round ? 4_000 : 500),
          })),
        ),
      );
      await journal.append([{ channel: "m", data: "" }]);
    }
    const upTo = ids.at(-1)!;
    for (const start of [0, 1_000, 3 * MANY, 4 * MANY - 2]) {
      for (const maxEvents of [70, 1_000, 100_000]) {
        const limits = { maxEvents, maxLength: 1_000_000 };
        const from = after(ids[start]!);
        const read = await readAll(journal, ["n.*"], from, upTo, limits);
        assert(read.kind === "found");
        assertEquals(read.records.map(({ id }) => id), ids.slice(start + 1));
      }
    }
    const all = await readAll(journal, ["n.*"], EARLIEST, upTo);
    assert(all.kind === "found");
    assertEquals(all.records.map(({ id }) => id), ids);
    const latest = await latestEvents(journal, ["n.*"], upTo, 2);
    assertEquals(latest.map(({ id }) => id), ids.slice(2 * MANY));
  },
);

testRedis(
  "tells patterns of a list that Redis lost, as long as its floor counts",
  async (server) => {
    await using journal = await connect(server, {
      ...PLENTY,
      maxBytes: 100_000,
    });
    const lost = { channel: "n.a", data: "" };
    const ids = await journal.append([lost, lost]);
    await server.command("DEL", KEYS.channel("n.a"));
    assertEquals(await kindAfter(journal, ids[0]!, "n.*"), "gone");
    assertEquals(await kindAfter(journal, ids[0]!, "m.*"), "found");
    const append = async () => {
      const data = "x".repeat(9_000);
      ids.push(...await journal.append([{ channel: "m", data }]));
    };
    const isLetGo = async () =>
      await server.command("ZSCORE", KEYS.oldest, "n.a") === null;
    while (!await isLetGo()) await append();
    const kinds = new Set<string>();
    for (const id of ids) {
      const [own, pattern, other] = await Promise.all([
        kindAfter(journal, id, "n.a"),
        kindAfter(journal, id, "n.*"),
        kindAfter(journal, id, "m.*"),
      ]);
      assertEquals(pattern, own);
      const changed = await journal.changed(["n.*"], id, END);
      assertEquals(changed.length > 0, own === "gone");
      kinds.add(`${own} ${other}`);
    }
    assert(kinds.has("gone found"), [...kinds].join());
    await until(async () => {
      await append();
      return await server.command("ZSCORE", KEYS.names, "n.a") === null;
    });
  },
);

testRedis("proves nothing by names that Redis lost", async (server) => {
  await using journal = await connect(server);
  const ids = await journal.append(
    ["n.a", "n.b", "m"].map((channel) => ({ channel, data: "" })),
  );
  await server.command("DEL", KEYS.names);
  for (const pattern of ["n.*", "*"]) {
    assertEquals(await kindAfter(journal, ids[0]!, pattern), "gone");
    assertEquals(await journal.changed([pattern], ids[1]!, END), [pattern]);
  }
  assertEquals(await kindAfter(journal, ids[0]!, "n.a", "n.b"), "found");
});

Deno.test("findScope ends where the names were found, so that a channel that comes later has nothing before it", async () => {
  const match = {
    ...{ last: "5-0.abcdef", floor: "0-0 0", isKnown: true, names: ["n.a"] },
  } as Match;
  const questions = {
    match: () => Promise.resolve(match),
  } as unknown as Questions;
  const find = (channels: string[], upTo: EventId) =>
    findScope(channels, upTo, questions);
  assertEquals((await find(["n.*"], END))!.upTo, "5-0.abcdef");
  assertEquals((await find(["n.*"], "4-0"))!.upTo, "4-0");
  assertEquals((await find(["n.*"], "4-0.abcdef"))!.upTo, "4-0.abcdef");
  assertEquals((await find(["n.*", "m"], END))!.parts, [["m", "n.a"]]);
  assertEquals((await find(["n.a"], END))!.upTo, END);
  match.names = Array.from({ length: MAX_MATCHING + 1 }, (_, i) => `n.${i}`);
  assertEquals(await find(["n.*"], END), undefined);
  match.names.pop();
  const { parts } = (await find(["n.*", "m"], END))!;
  assertEquals(parts.flat(), ["m", ...match.names]);
  assert(parts.every(({ length }) => length <= 1_000));
});
