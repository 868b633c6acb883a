import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type EventId, ORIGIN } from "../../../events/event_id.ts";
import type { Message } from "../../../events/message.ts";
import type { ReadLimits } from "../../../journal/history.ts";
import {
  after,
  END,
  heldEvents,
  latestEvents,
  readEvents,
} from "../../support/read_events.ts";
import { type Contract, message } from "./backend.ts";

const fields = fc.dictionary(
  fc.constantFrom("slot", "key", "x-Y.1"),
  fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
  { maxKeys: 3, noNullPrototype: true },
);

/** Names that a store might take for one another, or that have a meaning in its language. */
const NAMES = ["a", "b", "A", "a/b", "a.", "c.d-e_f:@+~=", "n".repeat(256)];

const messages = fc.array(
  fc.record({
    channel: fc.constantFrom(...NAMES),
    data: fc.string({ unit: "binary" }),
    type: fc.option(fc.string({ unit: "grapheme", minLength: 1 }), {
      nil: undefined,
    }),
    fields: fc.option(fields, { nil: undefined }),
  }).map(({ channel, data, type, fields }): Message => ({
    ...message(channel, data, type),
    ...(fields && Object.keys(fields).length > 0 && { fields }),
  })),
  { minLength: 1, maxLength: 12 },
);

/** How reading is tested. */
export function testReading(contract: Contract): void {
  contract.test("keeps messages as they are", async (journal) => {
    await fc.assert(
      fc.asyncProperty(messages, async (messages) => {
        const ids = await journal.append(messages);
        const expected = messages.map((m, i) => ({ ...m, id: ids[i]! }));
        const kept = await heldEvents(journal, NAMES);
        assertEquals(kept.slice(-messages.length), expected);
        for (const name of NAMES) {
          const own = expected.filter(({ channel }) => channel === name);
          const held = await heldEvents(journal, [name]);
          assertEquals(own.length ? held.slice(-own.length) : [], own);
          assertEquals(held.every(({ channel }) => channel === name), true);
        }
      }),
      { numRuns: 30 },
    );
  });

  contract.test("keeps every character", async (journal) => {
    const texts = [
      ...["\0", "x\0y", "\uFEFFx", "a\r\nb\r", "", " x "],
      ...["\u{1F701}", "\u{10FFFF}"],
    ];
    const ids = await journal.append(texts.map((data) => message("a", data)));
    const kept = await heldEvents(journal, ["a"]);
    assertEquals(kept.map(({ data }) => data), texts);
    const [newest] = await latestEvents(journal, ["a"], ids[1]!);
    assertEquals(newest!.data, texts[1]);
  });

  contract.test("reads the channels asked for, between two ids, oldest first, as many as asked for", async (journal) => {
    const ids = await journal.append(
      Array.from({ length: 30 }, (_, i) => message("abc"[i % 3]!, `${i}`)),
    );
    const read = async (
      channels: string[],
      from: number,
      to: number,
      limit: number,
    ) =>
      (await readEvents(journal, channels, ids[from]!, ids[to]!, limit))!
        .map(({ data }) => Number(data));
    const all = [3, 6, 9, 12, 15, 18, 21, 24, 27];
    assertEquals(await read(["a"], 0, 29, 99), all);
    assertEquals(await read(["a", "c"], 0, 8, 99), [2, 3, 5, 6, 8]);
    assertEquals(await read(["a", "c"], 0, 8, 3), [2, 3, 5]);
    assertEquals(await read(["none"], 0, 29, 99), []);
    assertEquals(await read(["a"], 29, 29, 99), []);
  });

  contract.test("reads as much as the limits allow, one event at least, and says whether that is all", async (journal) => {
    const ids = await journal.append(
      [0, 3, 4, 5, 50, 1].map((length) => message("a", "x".repeat(length))),
    );
    const read = async (
      from: EventId,
      maxEvents: number,
      maxLength: number,
    ) => {
      const query = { channels: ["a"], from: after(from), upTo: ids.at(-1)! };
      const answer = await journal.read(query, { maxEvents, maxLength });
      assert(answer.kind === "found");
      const lengths = answer.records.map((record) =>
        "data" in record ? record.data.length : -1
      );
      return [lengths, answer.isComplete];
    };
    assertEquals(await read(ids[0]!, 9, 99), [[3, 4, 5, 50, 1], true]);
    assertEquals(await read(ids[0]!, 5, 63), [[3, 4, 5, 50, 1], true]);
    assertEquals(await read(ids[0]!, 4, 99), [[3, 4, 5, 50], false]);
    assertEquals(await read(ids[0]!, 9, 62), [[3, 4, 5, 50], false]);
    assertEquals(await read(ids[0]!, 9, 11), [[3, 4], false]);
    assertEquals(await read(ids[3]!, 9, 11), [[50], false]);
    assertEquals(await read(ids[4]!, 9, 0), [[1], true]);
  });

  contract.test("finds the newest event of each channel, up to an id", async (journal) => {
    const ids = await journal.append(
      ["a", "b", "a", "b", "a"].map((name, i) => message(name, `${i}`)),
    );
    const latest = async (channels: string[], upTo: EventId) =>
      (await latestEvents(journal, channels, upTo)).map(({ data }) => data);
    assertEquals(await latest(["b", "a"], ids[4]!), ["3", "4"]);
    assertEquals(await latest(["b", "a"], ids[1]!), ["0", "1"]);
    assertEquals(await latest(["none"], ids[4]!), []);
    assertEquals(await latest(["b", "a"], ids[0]!), ["0"]);
  });

  contract.test("finds the newest events of each channel, a few at a time", async (journal) => {
    const ids = await journal.append(
      [..."abababaaab"].map((name, i) => message(name, `${i}`)),
    );
    const latest = (
      channels: string[],
      count: number,
      at: { after?: EventId; upTo?: EventId; limits?: Partial<ReadLimits> },
    ) => {
      const { after = ORIGIN, upTo = ids[9]! } = at;
      const limits = { maxEvents: 100, maxLength: 100, ...at.limits };
      return journal.latest({ channels, upTo, count, after }, limits).then(
        ({ events, isComplete }) => [
          events.map(({ data }) => data).join(""),
          isComplete,
        ],
      );
    };
    assertEquals(await latest(["a", "b"], 3, {}), ["356789", true]);
    assertEquals(await latest(["b"], 100, {}), ["1359", true]);
    assertEquals(await latest(["a"], 2, { upTo: ids[7]! }), ["67", true]);
    assertEquals(await latest(["a"], 3, { after: ids[6]! }), ["78", true]);
    assertEquals(await latest(["a"], 3, { after: ids[9]! }), ["", true]);
    const few = { limits: { maxEvents: 2 } };
    assertEquals(await latest(["a", "b"], 2, few), ["57", false]);
    const next = { ...few, after: ids[7]! };
    assertEquals(await latest(["a", "b"], 2, next), ["89", true]);
    const short = { limits: { maxLength: 1 } };
    assertEquals(await latest(["a"], 2, short), ["7", false]);
    const none = { limits: { maxLength: 0 } };
    assertEquals(await latest(["a"], 1, none), ["8", true]);
  });

  contract.test("finds the channels that have changed", async (journal) => {
    const ids = await journal.append(
      ["a", "b", "c"].map((name) => message(name, "")),
    );
    const changed = async (after: EventId) =>
      (await journal.changed(["c", "b", "a", "none"], after, END)).toSorted();
    assertEquals(await changed(ids[0]!), ["b", "c"]);
    assertEquals(await changed(ids[2]!), []);
    assertEquals(await journal.changed([], ids[0]!, END), []);
  });

  contract.test("finds which of 1,000 channels have changed", async (journal) => {
    const names = Array.from({ length: 1_000 }, (_, i) => `c${i}`);
    const [id] = await journal.append(names.map((name) => message(name, "")));
    await journal.append([message("c7", ""), message("c999", "")]);
    const first = await journal.changed(names, id!, END);
    assertEquals(first.toSorted(), names.slice(1).toSorted());
  });
}
