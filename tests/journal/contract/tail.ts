import { assert, assertEquals, assertLess } from "@std/assert";
import { compareEventIds, isEventId } from "../../../events/event_id.ts";
import type { ChannelEvent } from "../../../events/message.ts";
import { TailReader } from "../../support/tail_reader.ts";
import {
  after,
  eventsOf,
  heldEvents,
  latestEvents,
  readAll,
} from "../../support/read_events.ts";
import { type Contract, message } from "./backend.ts";

/** How appending and the tail are tested. */
export function testTail(contract: Contract): void {
  contract.test("gives messages rising ids, and the tail brings them in that order", async (journal) => {
    const tail = new TailReader(journal);
    const start = await tail.start();
    const published = await Promise.all(
      Array.from(
        { length: 50 },
        (_, i) =>
          journal.append([message("a", `${i}`), message("b", `${i}`, "t")]),
      ),
    );
    const events = await tail.take(100);
    const ids = events.map(({ id }) => id);
    assertEquals(ids, ids.toSorted(compareEventIds));
    assertEquals(new Set(ids).size, 100);
    assertLess(compareEventIds(start, ids[0]!), 0);
    assertEquals(new Set(published.flat()), new Set(ids));
    // A batch stays together and in its order.
    for (const [a, b] of published) {
      assertEquals(ids.indexOf(b!), ids.indexOf(a!) + 1);
    }
  });

  contract.test("gives out ids that name their epoch", async (journal) => {
    const ids = await journal.append([message("a", "1"), message("b", "2")]);
    for (const id of ids) {
      assert(isEventId(id));
      assert(/^\d+-\d+\.[0-9A-Za-z]{6}$/.test(id), id);
    }
  });

  contract.test("begins its tail at the present end", async (journal) => {
    const ids = await journal.append([message("a", "before")]);
    const tail = new TailReader(journal);
    const start = await tail.start();
    await journal.append([message("a", "after")]);
    // From another thread the event may still be on its way here.
    const expected = start === ids[0] ? ["after"] : ["before", "after"];
    const events = await tail.take(expected.length);
    assertEquals(events.map(({ data }) => data), expected);
    assertLess(compareEventIds(start, events[0]!.id), 0);
  });

  contract.test("begins its tail with an id that is known", async (journal) => {
    const tail = new TailReader(journal);
    const start = await tail.start();
    await journal.append([message("a", "1")]);
    const answer = await readAll(journal, ["a"], after(start));
    assert(answer.kind === "found");
    assertEquals(eventsOf(answer.records).map(({ data }) => data), ["1"]);
  });

  contract.test("brings its tail each event once, however many batches there are", async (journal) => {
    const tail = new TailReader(journal);
    await tail.start();
    const data = ["1", "2", "3"];
    const brought: string[] = [];
    for (const text of data) {
      await journal.append([message("a", text)]);
      brought.push(...(await tail.take(1)).map(({ data }) => data));
    }
    assertEquals(brought, data);
  });

  contract.test("brings a slow reader everything, or says what it skips, which can be read", async (journal) => {
    const tail = new TailReader(journal);
    let last = await tail.start();
    const expected: string[] = [];
    for (let i = 0; i < 40; i++) {
      await journal.append([message("a", `${i} `.padEnd(1024 ** 2))]);
      expected.push(`${i}`);
    }
    await journal.append([message("a", "end")]);
    expected.push("end");
    const brought: string[] = [];
    while (brought.at(-1) !== "end") {
      const batch = await tail.next();
      assert(batch.gap !== "reset");
      brought.push(...eventsOf(batch.records).map(({ data }) => data.trim()));
      if (batch.gap === "skip") {
        assertEquals(batch.records, []);
        const limits = { maxEvents: 9, maxLength: 4 * 1024 ** 2 };
        const answer = await readAll(
          journal,
          ["a"],
          after(last),
          batch.last,
          limits,
        );
        assert(answer.kind === "found");
        brought.push(
          ...eventsOf(answer.records).map(({ data }) => data.trim()),
        );
      }
      last = batch.last;
    }
    assertEquals(brought, expected);
  });

  contract.test("appends nothing where nothing is given", async (journal) => {
    assertEquals(await journal.append([]), []);
  });

  contract.test(
    "reads past what an older Chime kept under names that are reserved by now",
    async (journal) => {
      const tail = new TailReader(journal);
      await tail.start();
      const ids = await journal.append([
        message("status", "1"),
        message("news", "2", "error"),
        message("news", "3", "open"),
        message(".", "4"),
        message("news", "5"),
      ]);
      const kept = [
        { id: ids[1], channel: "news", data: "2", type: "error" },
        { id: ids[2], channel: "news", data: "3", type: "open" },
        { id: ids[4], channel: "news", data: "5" },
      ] as ChannelEvent[];
      assertEquals(await heldEvents(journal, ["news"]), kept);
      assertEquals(await latestEvents(journal, ["news"], ids[4], 9), kept);
      const tailed: ChannelEvent[] = [];
      while (tailed.at(-1)?.data !== "5") {
        tailed.push(...await tail.take(1));
      }
      assertEquals(tailed.filter(({ channel }) => channel === "news"), kept);
    },
  );

  contract.test("ends its tail when it is closed, which may be done twice", async (journal) => {
    const tail = new TailReader(journal);
    await tail.start();
    const done = tail.isDone();
    await journal[Symbol.asyncDispose]();
    assert(await done);
    await journal[Symbol.asyncDispose]();
  });
}
