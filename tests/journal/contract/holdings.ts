import { assert, assertEquals } from "@std/assert";
import {
  compareEventIds,
  epochOf,
  type EventId,
} from "../../../events/event_id.ts";
import type { Journal } from "../../../journal/journal.ts";
import { after, readAll } from "../../support/read_events.ts";
import { type Contract, message } from "./backend.ts";

const NOTHING = { events: 0, first: undefined, last: undefined };

/** How it is tested that a journal says what it holds. */
export function testHoldings(contract: Contract): void {
  contract.test("says how many events of each channel it holds, and which", async (journal) => {
    const ids = await journal.append(
      ["a", "b", "a", "b", "a"].map((name, i) => message(name, `${i}`)),
    );
    assertEquals(await holdings(journal, ["b", "none", "a", "b"]), {
      position: ids[4]!,
      channels: [
        { events: 2, first: ids[1], last: ids[3] },
        NOTHING,
        { events: 3, first: ids[0], last: ids[4] },
        { events: 2, first: ids[1], last: ids[3] },
      ],
    });
  });

  contract.test("does not count notes", async (journal) => {
    const note = { note: "revoked", channel: "a", payload: "{}" };
    const ids = await journal.append([
      ...[note, note, message("a", "1"), note, message("a", "2")],
      ...[message("b", ""), note, { ...note, channel: "c" }],
    ]);
    assertEquals(await holdings(journal, ["a", "c"]), {
      position: ids[7]!,
      channels: [{ events: 2, first: ids[2], last: ids[4] }, NOTHING],
    });
  });

  contract.test(
    "does not count what a channel has lost",
    async (journal) => {
      const ids: EventId[] = [];
      for (const name of "aabaa") {
        ids.push(...await journal.append([message(name, "")]));
      }
      const { channels } = await holdings(journal, ["a", "b"]);
      assertEquals(channels, [
        { events: 2, first: ids[3], last: ids[4] },
        { events: 1, first: ids[2], last: ids[2] },
      ]);
    },
    { maxEvents: 2 },
  );

  contract.testInTime(
    "does not count what is too old",
    async (journal, time) => {
      const [, b] = await journal.append([message("a", "1"), message("b", "")]);
      await time.pass(700);
      const [id] = await journal.append([message("a", "2")]);
      assertEquals((await holdings(journal, ["b"])).channels, [
        { events: 1, first: b, last: b },
      ]);
      await time.pass(700);
      assertEquals(await holdings(journal, ["a", "b"]), {
        position: id!,
        channels: [{ events: 1, first: id, last: id }, NOTHING],
      });
    },
    { maxAgeMs: 1_000 },
  );

  contract.test("says where it stands when nothing is held: a place to read on from", async (journal) => {
    const { position } = await journal.holdings([]);
    assert(epochOf(position) !== "");
    const [id] = await journal.append([message("a", "")]);
    assert(compareEventIds(position, id!) < 0);
    const answer = await readAll(journal, ["a"], after(position));
    assert(answer.kind === "found");
    assertEquals(answer.records.map((record) => record.id), [id!]);
  });

  contract.test("answers for 256 channels", async (journal) => {
    const names = Array.from({ length: 256 }, (_, i) => `c${i}`);
    const ids = await journal.append(names.map((name) => message(name, "")));
    const { channels } = await journal.holdings(names);
    assertEquals(channels.map(({ last }) => last), ids);
  });

  contract.testStore("counts what an earlier epoch held", async (open) => {
    const ids: EventId[] = [];
    for (let i = 0; i < 2; i++) {
      await using journal = await open();
      ids.push(...await journal.append([message("a", "")]));
      const { channels } = await holdings(journal, ["a"]);
      assertEquals(channels, [{ events: i + 1, first: ids[0], last: ids[i] }]);
    }
  });
}

/** What is held, with a member for each id, also where there is none. */
async function holdings(journal: Journal, channels: readonly string[]) {
  const { position, channels: held } = await journal.holdings(channels);
  return { position, channels: held.map((one) => ({ ...NOTHING, ...one })) };
}
