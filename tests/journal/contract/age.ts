import { assert, assertEquals } from "@std/assert";
import { placeOf } from "../../../events/event_id.ts";
import type { Journal } from "../../../journal/journal.ts";
import {
  after,
  EARLIEST,
  END,
  heldEvents,
  readAll,
} from "../../support/read_events.ts";
import { type Contract, type JournalTime, message } from "./backend.ts";

const DAY_MS = 86_400_000;

/** How retention by age, and moments, are tested. */
export function testAge(contract: Contract): void {
  contract.testInTime(
    "neither reads nor claims what is too old",
    async (journal, time) => {
      const start = await append(journal, "0");
      await time.pass(5_000);
      const old = await append(journal, "1", "b");
      await time.pass(2_000);
      const newer = await append(journal, "2");
      await time.pass(8_500);
      assertEquals(await data(journal), ["2"]);
      assertEquals(
        await journal.latest({
          channels: ["a", "b"],
          count: 9,
          after: start,
          upTo: newer,
        }, { maxEvents: 9, maxLength: 99 }),
        {
          events: [{ channel: "a", data: "2", id: newer }],
          isComplete: true,
        },
      );
      for (const channel of ["a", "b", "none"]) {
        const gone = await readAll(journal, [channel], after(start));
        assertEquals(gone, { kind: "gone", floor: placeOf(old) });
        assertEquals(await journal.changed([channel], start, END), [channel]);
        const found = await readAll(journal, [channel], after(old));
        assertEquals(found.kind, "found");
      }
      const held = await readAll(journal, ["a"], EARLIEST);
      assert(held.kind === "found");
      assertEquals(held.unproved, placeOf(old));
    },
    { maxAgeMs: 10_000 },
  );

  contract.testInTime(
    "begins with what was appended at a moment or later",
    async (journal, time) => {
      const times: number[] = [];
      for (let i = 0; i < 5; i++) {
        times.push(time.now);
        await append(journal, `${i}`, "ab"[i % 2]);
        await time.pass(1_000);
      }
      assertEquals(await since(journal, times[2]!), ["2", "3", "4"]);
      assertEquals(await since(journal, times[2]! + 500), ["3", "4"]);
      assertEquals(await since(journal, time.now), []);
      assertEquals(await since(journal, time.now + DAY_MS), []);
      await time.pass(5_000);
      assertEquals(await since(journal, times[0]!), "gone");
      assertEquals(await since(journal, times[0]! + 500), ["1", "2", "3", "4"]);
    },
    { maxAgeMs: 9_500 },
  );

  contract.testInTime(
    "tells of a moment before it began",
    async (journal, time) => {
      const start = time.now;
      await time.pass(1_000);
      await append(journal, "1");
      for (let i = 0; i < 2; i++) {
        assertEquals(await since(journal, start - 1_000), "gone");
        assertEquals(await since(journal, start + 500), ["1"]);
        await time.pass(DAY_MS / 2);
      }
    },
  );

  contract.testInTime(
    "tells of a moment before a channel's floor",
    async (journal, time) => {
      await time.pass(1_000);
      const moment = time.now;
      await time.pass(1_000);
      await append(journal, "1");
      await append(journal, "2", "b");
      await time.pass(1_000);
      const between = time.now;
      await time.pass(1_000);
      await append(journal, "3");
      const read = (channel: string, ms: number) =>
        since(journal, ms, [channel]);
      assertEquals(await read("a", moment), "gone");
      assertEquals(await read("a", between), ["3"]);
      assertEquals(await read("b", moment), ["2"]);
      assertEquals(await since(journal, moment), "gone");
    },
    { maxEvents: 1 },
  );

  contract.testInTime(
    "lets go by when a message was appended, though the clock was ahead once",
    async (journal, time) => {
      time.setClock(2 * DAY_MS);
      await append(journal, "ahead");
      time.setClock(-2 * DAY_MS);
      await append(journal, "back");
      await time.pass(5_000);
      await append(journal, "later");
      assertEquals(await since(journal, time.now - 2_000), ["later"]);
      assertEquals(await data(journal), ["ahead", "back", "later"]);
      await time.pass(6_000);
      assertEquals(await data(journal), ["later"]);
      await time.pass(5_000);
      assertEquals(await data(journal), []);
    },
    { maxAgeMs: 10_000 },
  );

  contract.testInTime(
    "answers for moments though it let go of something while the clock was ahead",
    async (journal, time) => {
      time.setClock(2 * DAY_MS);
      for (const data of ["1", "2", "3"]) await append(journal, data);
      time.setClock(-2 * DAY_MS);
      await append(journal, "4");
      await time.pass(5_000);
      await append(journal, "5");
      assertEquals(await since(journal, time.now - 2_000), ["5"]);
      await append(journal, "6");
      await append(journal, "7");
      assertEquals(await since(journal, time.now - 2_000), "gone");
      await time.pass(5_000);
      await append(journal, "8");
      assertEquals(await since(journal, time.now - 2_000), ["8"]);
    },
    { maxEvents: 2 },
  );

  contract.testInTime(
    "tells what went after the clock was set back",
    async (journal, time) => {
      time.setClock(DAY_MS);
      for (const data of ["1", "2"]) await append(journal, data);
      time.setClock(-DAY_MS);
      await append(journal, "3");
      await time.pass(5_000);
      const moment = time.now;
      await append(journal, "4");
      await append(journal, "5");
      // What went was appended after the moment, while the floor's time seems to be ahead.
      assertEquals(await since(journal, moment), "gone");
    },
    { maxEvents: 1 },
  );

  contract.testInTime(
    "tells what came after a moment and went, though the clock was back by then",
    async (journal, time) => {
      await time.pass(1_000);
      const moment = time.now - 500;
      await append(journal, "1", "b");
      time.setClock(-1_000);
      await append(journal, "2");
      await append(journal, "3");
      await time.pass(2_000);
      // What went counts as older than the moment, and came after the first event that does not.
      assertEquals(await since(journal, moment), "gone");
      assertEquals(await since(journal, moment, ["b"]), ["1"]);
      assertEquals(await since(journal, moment + 1_000), []);
    },
    { maxEvents: 1 },
  );

  contract.testInTime(
    "lets go of what is too old after the clock was set forward",
    async (journal, time) => {
      await append(journal, "1");
      time.setClock(DAY_MS);
      await append(journal, "2");
      assertEquals(await data(journal), ["2"]);
      time.setClock(-DAY_MS);
      await time.pass(1_000);
      await append(journal, "3");
      assertEquals(await data(journal), ["2", "3"]);
      await time.pass(10_500);
      assertEquals(await data(journal), []);
    },
    { maxAgeMs: 10_000 },
  );

  contract.testStoreInTime(
    "knows when it began, also after a restart",
    async (open, time) => {
      {
        await using journal = await open();
        await append(journal, "1");
      }
      const end = time.now;
      await time.pass(5_000);
      await using journal = await open();
      await append(journal, "2");
      assertEquals(await since(journal, end + 1_000), ["2"]);
      assertEquals(await since(journal, end - DAY_MS), "gone");
    },
  );

  contract.testStoreInTime(
    "keeps what it knows of the clock",
    async (open, time) => {
      time.setClock(2 * DAY_MS);
      {
        await using journal = await open();
        await append(journal, "ahead");
      }
      time.setClock(-2 * DAY_MS);
      {
        await using journal = await open();
        await append(journal, "back");
      }
      await time.pass(5_000);
      await using journal = await open();
      await append(journal, "later");
      assertEquals(await since(journal, time.now - 2_000), ["later"]);
      await time.pass(6_000);
      assertEquals(await data(journal), ["later"]);
    },
    { maxAgeMs: 10_000 },
  );
}

async function append(journal: Journal, data: string, channel = "a") {
  const [id] = await journal.append([message(channel, data)]);
  return id!;
}

async function data(journal: Journal): Promise<string[]> {
  return (await heldEvents(journal, ["a", "b"])).map(({ data }) => data);
}

/** The data of what a reading since a moment finds, else the kind of its answer. */
async function since(
  journal: Journal,
  ms: JournalTime["now"],
  channels = ["a", "b"],
): Promise<string[] | string> {
  const answer = await readAll(journal, channels, { kind: "since", ms });
  return answer.kind === "found"
    ? answer.records.map((record) => "data" in record ? record.data : "")
    : answer.kind;
}
