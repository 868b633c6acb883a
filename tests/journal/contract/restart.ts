import { assert, assertEquals, assertRejects } from "@std/assert";
import { compareEventIds, epochOf } from "../../../events/event_id.ts";
import type { EventId } from "../../../events/event_id.ts";
import { type Journal, KeyConflictError } from "../../../journal/journal.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import {
  after,
  eventsOf,
  heldEvents,
  readAll,
} from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import { type Contract, message } from "./backend.ts";

/** How a store is tested over which journals are opened one after another. */
export function testRestart(contract: Contract): void {
  contract.testStore(
    "goes on where it stood after a plain restart",
    async (open) => {
      const ids: EventId[] = [];
      for (let life = 0; life < 4; life++) {
        await using journal = await open();
        const tail = new TailReader(journal);
        const start = await tail.start();
        const newest = ids.at(-1);
        if (newest) assert(compareEventIds(start, newest) >= 0);
        for (const [i, id] of ids.entries()) {
          assertEquals(await found(journal, id), ids.slice(i + 1));
        }
        // An id at which a client was told that it stands, without an event.
        assertEquals(await found(journal, start), []);
        const batch = [message("a", `${life}`), message("b", `${life}`, "t")];
        ids.push(...await journal.append(batch));
        assertEquals((await tail.take(2)).map(({ id }) => id), ids.slice(-2));
        assertEquals(await found(journal, start), ids.slice(-2));
      }
      assertEquals(ids, ids.toSorted(compareEventIds));
    },
  );

  contract.testStore(
    "knows the place at which it stood without an event",
    async (open) => {
      let start: EventId;
      {
        await using journal = await open();
        start = await new TailReader(journal).start();
      }
      await using journal = await open();
      assertEquals(await found(journal, start), []);
      const ids = await journal.append([message("a", "1")]);
      assertEquals(await found(journal, start), ids);
    },
  );

  contract.testStore("keeps its floors", async (open) => {
    const ids: EventId[] = [];
    for (let i = 0; i < 6; i++) {
      await using journal = await open();
      ids.push(...await journal.append([message("ab"[i % 2]!, `${i}`)]));
    }
    await using journal = await open();
    assertEquals((await readAll(journal, ["a"], after(ids[0]!))).kind, "gone");
    assertEquals((await readAll(journal, ["a"], after(ids[1]!))).kind, "gone");
    assertEquals(await found(journal, ids[2]!, ["a"]), [ids[4]]);
    assertEquals(
      (await heldEvents(journal, ["a", "b"])).map(({ id }) => id),
      ids.slice(4),
    );
  }, { maxEvents: 1 });

  contract.testStore(
    "applies another retention to what it has",
    async (open) => {
      {
        await using journal = await open();
        for (let i = 0; i < 30; i++) {
          await journal.append([message("abc"[i % 3]!, "x".repeat(10_000))]);
        }
      }
      await using journal = await open();
      const [last] = await journal.append([message("a", "y")]);
      const kept = await until(async () => {
        const kept = await heldEvents(journal, ["a", "b", "c"]);
        return kept.length < 25 && kept;
      });
      assertEquals(kept.at(-1)!.id, last);
    },
    { maxBytes: 200_000 },
  );

  contract.testStore("knows its keys and values", async (open) => {
    const entry = { ...message("a", "1"), key: { name: "k", hash: "h" } };
    let ids: EventId[];
    {
      await using journal = await open();
      ids = await journal.append([entry]);
      for (const key of ["1", "2"]) {
        await journal.set("ticket", { key, value: "v" }, 60_000);
      }
      assertEquals(await journal.take("ticket", "1"), "v");
    }
    await using journal = await open();
    assertEquals(await journal.append([entry]), ids);
    const other = { ...entry, key: { name: "k", hash: "h2" } };
    await assertRejects(() => journal.append([other]), KeyConflictError);
    assertEquals((await heldEvents(journal, ["a"])).length, 1);
    assertEquals(await journal.take("ticket", "1"), undefined);
    assertEquals(await journal.take("ticket", "2"), "v");
  });

  contract.testStore(
    "is not ready where it holds a note that it does not know",
    async (open) => {
      const note = { note: "from-the-future", channel: "a" };
      {
        using _log = new CapturedLog();
        await using journal = await open();
        await journal.append([note]);
      }
      using log = new CapturedLog();
      await using journal = await open();
      await until(async () => !await journal.isReady());
      assert(
        log.records.some(({ message, fields }) =>
          `${message} ${JSON.stringify(fields)}`.includes("from-the-future")
        ),
      );
    },
  );

  contract.testStore("knows the ids of many lives", async (open) => {
    const epochs = new Set<string>();
    const ids: EventId[] = [];
    for (let life = 0; life < 12; life++) {
      await using journal = await open();
      ids.push(...await journal.append([message("a", `${life}`)]));
      epochs.add(epochOf(ids.at(-1)!));
    }
    await using journal = await open();
    assertEquals(await found(journal, ids[0]!), ids.slice(1));
    assert(epochs.size === 12 || epochs.size === 1, `${epochs.size}`);
  });
}

/** The ids of what is after an id. */
async function found(
  journal: Journal,
  id: EventId,
  channels = ["a", "b"],
): Promise<EventId[]> {
  const answer = await readAll(journal, channels, after(id));
  assert(answer.kind === "found", `${answer.kind} after ${id}`);
  return eventsOf(answer.records).map(({ id }) => id);
}
