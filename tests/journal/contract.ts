import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import fc from "fast-check";
import { BatchTooLargeError } from "../../journal/batch_limit.ts";
import {
  compareEventIds,
  type EventId,
  ORIGIN,
} from "../../events/event_id.ts";
import type { ReadLimits } from "../../journal/history.ts";
import type { Journal, Retention } from "../../journal/journal.ts";
import type { ChannelEvent, Message } from "../../events/message.ts";
import { TailReader } from "../support/tail_reader.ts";
import { latestEvents, readEvents } from "../support/read_events.ts";

/** Retention that no test exceeds. */
export const PLENTY: Retention = { maxEvents: 100_000, maxAgeMs: 86_400_000 };

/** A kind of journal, and how to open one. */
export interface Backend {
  name: string;
  /** Why this kind cannot be tested here, if it cannot. */
  skip?: string;
  /**
   * Opens an empty journal.
   *
   * @param resources What the journal needs. It is disposed of after the journal.
   */
  open(
    retention: Retention,
    resources: AsyncDisposableStack,
  ): Promise<Journal>;
}

function message(channel: string, data: string, type?: string): Message {
  return type === undefined ? { channel, data } : { channel, data, type };
}

const messages = fc.array(
  fc.record({
    channel: fc.constantFrom("a", "b", "c.d-e_f"),
    data: fc.string({ unit: "binary" }),
    type: fc.option(fc.string({ unit: "grapheme", minLength: 1 }), {
      nil: undefined,
    }),
  }).map(({ channel, data, type }) => message(channel, data, type)),
  { maxLength: 12 },
);

/** The floor, or the id where that is newer. */
async function lowest(journal: Journal, id: EventId): Promise<EventId> {
  const floor = await journal.floor();
  return compareEventIds(floor, id) > 0 ? floor : id;
}

/**
 * Tests what the interface `Journal` promises, on one kind of journal:
 *
 * - **append**: ids rise, a batch stays together and in order, an empty batch is taken, one that is too large is refused
 *   and changes nothing, the largest one allowed is kept in full
 * - **tail**: begins at the present end, brings every event once and in the order of the ids, ends when the journal closes
 * - **read**: the channels asked for, between two ids, within the limits, every character as it was appended; nothing
 *   where the journal cannot know
 * - **floor**: everything after it can be read
 * - **latest**: the newest events of each channel, up to an id, after an id, a few at a time
 * - **retention**: the oldest events are removed, and the journal does not answer for them
 * - **close**: may be called twice
 *
 * What differs between kinds (durability, age, failures, resets) is tested beside each.
 */
export function testJournal({ name, skip, open }: Backend): void {
  const test = (
    criterion: string,
    run: (journal: Journal) => Promise<void>,
    retention = PLENTY,
  ) =>
    Deno.test({
      name: `${name} ${criterion}${skip ? ` (skipped: ${skip})` : ""}`,
      ignore: skip !== undefined,
      async fn() {
        await using resources = new AsyncDisposableStack();
        await using journal = await open(retention, resources);
        await run(journal);
      },
    });

  test("gives messages rising ids, and the tail brings them in that order", async (journal) => {
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

  test("keeps messages as they are", async (journal) => {
    await fc.assert(
      fc.asyncProperty(messages, async (messages) => {
        const from = await journal.floor();
        const ids = await journal.append(messages);
        const expected = messages.map((m, i) => ({ ...m, id: ids[i]! }));
        const last = ids.at(-1);
        if (!last) return;
        const kept = await readEvents(
          journal,
          ["a", "b", "c.d-e_f"],
          from,
          last,
          100_000,
        );
        assertEquals(kept!.slice(-messages.length), expected);
      }),
      { numRuns: 30 },
    );
  });

  test("keeps every character", async (journal) => {
    const from = await journal.floor();
    const texts = [
      ...["\0", "x\0y", "\uFEFFx", "a\r\nb\r", "", " x "],
      ...["\u{1F701}", "\u{10FFFF}"],
    ];
    const ids = await journal.append(texts.map((data) => message("a", data)));
    const kept = await readEvents(journal, ["a"], from, ids.at(-1)!, 99);
    assertEquals(kept!.map(({ data }) => data), texts);
    const [newest] = await latestEvents(journal, ["a"], ids[1]!);
    assertEquals(newest!.data, texts[1]);
  });

  test("reads the channels asked for, between two ids, oldest first, as many as asked for", async (journal) => {
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
    assertEquals(await read(["a"], 0, 29, 99), [
      3,
      6,
      9,
      12,
      15,
      18,
      21,
      24,
      27,
    ]);
    assertEquals(await read(["a", "c"], 0, 8, 99), [2, 3, 5, 6, 8]);
    assertEquals(await read(["a", "c"], 0, 8, 3), [2, 3, 5]);
    assertEquals(await read(["none"], 0, 29, 99), []);
    assertEquals(await read(["a"], 29, 29, 99), []);
  });

  test("reads as much as the limits allow, one event at least, and says whether that is all", async (journal) => {
    const from = await journal.floor();
    const ids = await journal.append(
      [3, 4, 5, 50, 1].map((length) => message("a", "x".repeat(length))),
    );
    const read = async (
      after: EventId,
      maxEvents: number,
      maxLength: number,
    ) => {
      const query = { channels: ["a"], after, upTo: ids.at(-1)! };
      const reading = await journal.read(query, { maxEvents, maxLength });
      const lengths = reading!.events.map(({ data }) => data.length);
      return [lengths, reading!.isComplete];
    };
    assertEquals(await read(from, 9, 99), [[3, 4, 5, 50, 1], true]);
    assertEquals(await read(from, 5, 63), [[3, 4, 5, 50, 1], true]);
    assertEquals(await read(from, 4, 99), [[3, 4, 5, 50], false]);
    assertEquals(await read(from, 9, 62), [[3, 4, 5, 50], false]);
    assertEquals(await read(from, 9, 11), [[3, 4], false]);
    assertEquals(await read(ids[2]!, 9, 11), [[50], false]);
    assertEquals(await read(ids[3]!, 9, 0), [[1], true]);
  });

  test("does not answer for what it cannot know", async (journal) => {
    const [id] = await journal.append([message("a", "1")]);
    assertEquals(await readEvents(journal, ["a"], ORIGIN, id!, 9), undefined);
    assertEquals(await readEvents(journal, ["a"], "1-0", id!, 9), undefined);
    const future: EventId = `${Date.now() + 3_600_000}-0`;
    assertEquals(await readEvents(journal, ["a"], future, id!, 9), undefined);
    assertEquals(await readEvents(journal, ["a"], id!, id!, 9), []);
  });

  test("answers for everything after its floor", async (journal) => {
    const floor = await journal.floor();
    const [id] = await journal.append([message("a", "1")]);
    const events = await readEvents(journal, ["a"], floor, id!, 9);
    assertEquals(events!.map(({ data }) => data), ["1"]);
  });

  test("finds the newest event of each channel, up to an id", async (journal) => {
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

  test("finds the newest events of each channel, a few at a time", async (journal) => {
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

  test("begins its tail at the present end", async (journal) => {
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

  test("brings its tail each event once, however many batches there are", async (journal) => {
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

  test("appends nothing where nothing is given", async (journal) => {
    assertEquals(await journal.append([]), []);
  });

  test(
    "refuses a batch of more than it keeps, and keeps what it has",
    async (journal) => {
      const batch = (count: number) =>
        Array.from({ length: count }, (_, i) => message("a", `${i}`));
      const from = await journal.floor();
      const tail = new TailReader(journal);
      await tail.start();
      const ids = await journal.append(batch(5));
      await assertRejects(
        () => journal.append(batch(6)),
        BatchTooLargeError,
        "Cannot publish 6 messages at once: the journal keeps 5 (--retain-events)",
      );
      const kept = await readEvents(journal, ["a"], from, ids[4]!);
      assertEquals(kept!.map(({ id }) => id), ids);
      const [next] = await journal.append([message("a", "next")]);
      const events = await tail.take(6);
      assertEquals(events.map(({ id }) => id), [...ids, next]);
    },
    { maxEvents: 5, maxAgeMs: 86_400_000 },
  );

  test(
    "keeps all of a batch of as many as it keeps",
    async (journal) => {
      const batch = Array.from({ length: 300 }, (_, i) => message("a", `${i}`));
      for (let i = 0; i < 3; i++) await journal.append(batch.slice(0, 101));
      const [last] = await journal.append([message("a", "last")]);
      const ids = await journal.append(batch);
      const kept = await readEvents(
        journal,
        ["a"],
        await lowest(journal, last!),
        ids.at(-1)!,
      );
      assertEquals(kept!.slice(-300).map(({ id }) => id), ids);
    },
    { maxEvents: 300, maxAgeMs: 86_400_000 },
  );

  test(
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
      const last = ids.at(-1)!;
      const floor = await journal.floor();
      assertEquals(await readEvents(journal, ["news"], floor, last), kept);
      assertEquals(await latestEvents(journal, ["news"], last, 9), kept);
      const tailed: ChannelEvent[] = [];
      while (tailed.at(-1)?.data !== "5") {
        tailed.push(...await tail.take(1));
      }
      assertEquals(
        tailed.filter(({ channel }) => channel === "news"),
        kept,
      );
    },
  );

  test("ends its tail when it is closed, which may be done twice", async (journal) => {
    const tail = new TailReader(journal);
    await tail.start();
    const done = tail.isDone();
    await journal[Symbol.asyncDispose]();
    assert(await done);
    await journal[Symbol.asyncDispose]();
  });

  test(
    "removes the oldest events beyond its count, and does not answer for them",
    async (journal) => {
      const ids: EventId[] = [];
      for (let i = 0; i < 40; i++) {
        ids.push(...await journal.append([message("a", `${i}`)]));
      }
      const last = ids.at(-1)!;
      const floor = await journal.floor();
      const kept = await readEvents(journal, ["a"], floor, last, 99);
      assert(kept!.length >= 10 && kept!.length < 40, `${kept!.length}`);
      assertEquals(kept!.at(-1)!.data, "39");
      assertEquals(
        await readEvents(journal, ["a"], ids[0]!, last, 99),
        undefined,
      );
    },
    { maxEvents: 10, maxAgeMs: 86_400_000 },
  );
}
