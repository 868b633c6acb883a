import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { type EventId, ORIGIN } from "../../../events/event_id.ts";
import type { ChannelEvent } from "../../../events/message.ts";
import { UnreadableError } from "../../../journal/history.ts";
import type { Entry, Journal } from "../../../journal/journal.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import {
  after,
  EARLIEST,
  END,
  heldEvents,
  latestEvents,
  readAll,
} from "../../support/read_events.ts";
import { type Contract, message } from "./backend.ts";
import { Model } from "./model.ts";

/**
 * Names beside one another in the order of their bytes, some with characters that a store's language may have a meaning
 * for, and some that differ from others in case only.
 */
const NAMES = [
  ...["news", "news-", "news-.a", "news.+", "news.a", "news.a.b", "news.~"],
  ...[`news.${"z".repeat(251)}`, "news/a", "news:1", "news="],
  ...["newsx", "newsx.a", "new.s", "NEWS.a", "a_b.1", "axb.1", "a", "~.~"],
];

/** What each pattern covers of the names. */
const COVERED: Readonly<Record<string, readonly string[]>> = {
  "news.*": [
    ...["news.+", "news.a", "news.a.b", "news.~", `news.${"z".repeat(251)}`],
  ],
  "news.a.*": ["news.a.b"],
  "news/*": ["news/a"],
  "news:*": ["news:1"],
  "news-.*": ["news-.a"],
  "a_b.*": ["a_b.1"],
  "~.*": ["~.~"],
  "none.*": [],
  "*": NAMES,
};

/** Few names, of which patterns have much to do with each other. */
const CLOSE = ["n", "n.a", "n.b", "n.b.c", "n:a", "m"];

const entry = fc.tuple(
  fc.constantFrom(...CLOSE),
  fc.boolean(),
  fc.constantFrom(0, 10, 50),
).map(([channel, isNote, length]): Entry =>
  isNote
    ? { note: "seen", channel, payload: "p" }
    : message(channel, "x".repeat(length))
);

const batch = fc.array(entry, { minLength: 1, maxLength: 4 });

const reading = fc.record({
  asked: fc.shuffledSubarray(
    [...CLOSE, "*", "n.*", "n.b.*", "n:*", "none.*", "n.*"],
    { minLength: 1, maxLength: 4 },
  ),
  from: fc.nat(),
  upTo: fc.nat(),
  count: fc.integer({ min: 1, max: 4 }),
  between: batch,
});

/** The names of {@linkcode CLOSE} that are asked for. */
function namesOf(asked: readonly string[]): string[] {
  return CLOSE.filter((name) =>
    asked.some((one) =>
      one === name || one.endsWith("*") && name.startsWith(one.slice(0, -1))
    )
  );
}

/** Reads the newest events a page at a time. */
async function latestAll(
  journal: Journal,
  channels: readonly string[],
  count: number,
  upTo: EventId,
  maxEvents: number,
): Promise<ChannelEvent[]> {
  const all: ChannelEvent[] = [];
  while (true) {
    const { events, isComplete } = await journal.latest(
      { channels, count, upTo, after: all.at(-1)?.id ?? ORIGIN },
      { maxEvents, maxLength: 60 },
    );
    assert(events.length <= maxEvents);
    all.push(...events);
    if (isComplete) return all;
  }
}

/** Expects the same answers for patterns as for the names that they stand for. */
async function compare(
  journal: Journal,
  asked: readonly string[],
  { from, upTo, count }: { from: EventId; upTo: EventId; count: number },
): Promise<void> {
  const names = namesOf(asked);
  const limits = { maxEvents: count, maxLength: 60 };
  for (const start of [after(from), EARLIEST, after(from, "9000000000000-0")]) {
    assertEquals(
      await readAll(journal, asked, start, upTo, limits),
      await readAll(journal, names, start, upTo, limits),
    );
  }
  assertEquals(
    await latestAll(journal, asked, count, upTo, count),
    await latestAll(journal, names, count, upTo, count),
  );
  const changed = await journal.changed(asked, from, END);
  const expected = await Promise.all(asked.map(async (one) => {
    // A channel that never was stands for a floor of all.
    const names = [...namesOf([one]), "none"];
    return (await journal.changed(names, from, END)).length > 0;
  }));
  assertEquals(new Set(changed), new Set(asked.filter((_, i) => expected[i])));
}

/** How reading by patterns is tested. */
export function testPatterns(contract: Contract): void {
  contract.test("reads the channels that a pattern covers, and no others", async (journal) => {
    const [start] = await journal.append([message("start", "")]);
    const ids = await journal.append(NAMES.map((name) => message(name, name)));
    for (const [pattern, names] of Object.entries(COVERED)) {
      const expected = NAMES.filter((name) => names.includes(name));
      const held = await readAll(journal, [pattern], after(start!));
      assert(held.kind === "found");
      assertEquals(
        held.records.map(({ channel }) => channel),
        expected,
        pattern,
      );
      const latest = await latestEvents(journal, [pattern], ids.at(-1)!);
      assertEquals(
        latest.map(({ channel }) => channel).filter((name) => name !== "start"),
        expected,
      );
      const changed = await journal.changed([pattern], start!, END);
      assertEquals(changed, names.length > 0 ? [pattern] : []);
    }
  });

  contract.test("brings no record twice where names and patterns overlap", async (journal) => {
    const ids = await journal.append(CLOSE.map((name) => message(name, "")));
    const both = ["n.b", "n.*", "n.b.*", "m", "n.*", "n.b.c"];
    const names = CLOSE.filter((name) => namesOf(both).includes(name));
    for (const channels of [both, both.toReversed()]) {
      const held = await heldEvents(journal, channels);
      assertEquals(held.map(({ channel }) => channel), names);
      const latest = await latestEvents(journal, channels);
      assertEquals(latest.map(({ channel }) => channel), names);
      const few = await journal.read(
        { channels, from: EARLIEST, upTo: END },
        { maxEvents: names.length, maxLength: 99 },
      );
      assert(few.kind === "found" && few.isComplete);
    }
    assertEquals((await heldEvents(journal, ["*", "n"])).length, ids.length);
  });

  contract.test("finds what a pattern covers, little or much beside others", async (journal) => {
    const [start] = await journal.append([message("start", "")]);
    const batch = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => message(`${name}.${i % 7}`, ""));
    const ids: Record<string, EventId[]> = { few: [], many: [] };
    for (const name of ["few", "many", "few"]) {
      const count = name === "few" ? 3 : 300;
      ids[name]!.push(...await journal.append(batch(name, count)));
    }
    const limits = { maxEvents: 2, maxLength: 99 };
    for (const [name, expected] of Object.entries(ids)) {
      const channels = [`${name}.*`];
      for (const from of [after(start!), EARLIEST]) {
        const query = { channels, from, upTo: END };
        const page = await journal.read(query, limits);
        assert(page.kind === "found" && !page.isComplete);
        assertEquals(page.records.map(({ id }) => id), expected.slice(0, 2));
        const all = await readAll(journal, channels, from, END, limits);
        assert(all.kind === "found");
        assertEquals(all.records.map(({ id }) => id), expected);
      }
      const latest = await latestAll(journal, channels, 2, END, 2);
      const names = Array.from({ length: 7 }, (_, i) => `${name}.${i}`);
      assertEquals(latest, await latestAll(journal, names, 2, END, 2));
      const at = (i: number) => expected.at(i)!;
      assertEquals(await journal.changed(channels, at(-2), END), channels);
      assertEquals(await journal.changed(channels, at(-1), END), []);
    }
  });

  contract.test(
    "is complete only where each channel that a pattern covers is",
    async (journal) => {
      const [id] = await journal.append([
        ...["n.a", "n.b", "m.a"].map((name) => message(name, "")),
      ]);
      for (let i = 0; i < 40; i++) await journal.append([message("n.b", "")]);
      const kindOf = async (...channels: string[]) =>
        (await readAll(journal, channels, after(id!))).kind;
      assertEquals(await kindOf("n.*"), "gone");
      assertEquals(await kindOf("n.*", "n.a"), "gone");
      assertEquals(await kindOf("n.a", "m.*"), "found");
      assertEquals(await kindOf("none.*"), "found");
      const own = await readAll(journal, ["n.b"], after(id!));
      assertEquals(await readAll(journal, ["n.*"], after(id!)), own);
      assertEquals(await readAll(journal, ["*"], after(id!)), own);
    },
    { maxEvents: 3 },
  );

  contract.testInTime(
    "goes by the floor of all for a pattern, and reads since a moment",
    async (journal, time) => {
      const [id] = await journal.append([message("n.a", "1")]);
      await time.pass(40_000);
      const middleMs = time.now;
      await journal.append([message("n.b", "2")]);
      await journal.append([message("m", "3")]);
      const since = (...channels: string[]) =>
        readAll(journal, channels, { kind: "since", ms: middleMs });
      const found = await since("n.*");
      assert(found.kind === "found");
      assertEquals(found.records.map(({ channel }) => channel), ["n.b"]);
      assertEquals(await since("*"), await since(...["m", "n.a", "n.b"]));
      assertEquals((await readAll(journal, ["n.*"], after(id!))).kind, "found");
      await time.pass(21_000);
      const [last] = await journal.append([message("n.b", "4")]);
      await time.pass(45_000);
      for (const pattern of ["n.*", "none.*", "*"]) {
        const gone = await readAll(journal, [pattern], after(ORIGIN));
        assertEquals(gone.kind, "unknown");
        const names = ["none", ...namesOf([pattern])];
        const late = await readAll(journal, [pattern], after(id!));
        assertEquals(late, await readAll(journal, names, after(id!)));
        assertEquals(await journal.changed([pattern], id!, END), [pattern]);
        assertEquals(
          await journal.changed([pattern], last!, END),
          [],
        );
      }
    },
    { maxAgeMs: 60_000 },
  );

  contract.testMany(
    "answers for patterns as a model does, whatever is appended and let go",
    async (open) => {
      // The notes are of a kind that nobody knows.
      using _log = new CapturedLog();
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(4, 6, 100),
          fc.constantFrom(8_000, 1024 ** 3),
          fc.array(batch, { minLength: 1, maxLength: 20, size: "max" }),
          fc.array(reading, { minLength: 1, maxLength: 6 }),
          async (maxEvents, maxBytes, batches, readings) => {
            await using journal = await open({ maxEvents, maxBytes });
            const model = new Model(journal);
            for (const batch of batches) await model.append(batch);
            for (const { asked, from, upTo, count, between } of readings) {
              const { records } = model;
              const at = (i: number) => records[i % records.length]!.id;
              await model.read(
                asked,
                at(from),
                at(upTo),
                count,
                () => model.append(between),
              );
              await model.held(asked);
              await compare(journal, asked, {
                from: at(from),
                upTo: records.at(-1)!.id,
                count,
              });
            }
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  contract.test("answers for 10,000 channels that a pattern covers, and not for more", async (journal) => {
    const [start] = await journal.append([message("start", "")]);
    const channel = (i: number) => `n.${i}`;
    const ids: EventId[] = [];
    for (let i = 0; i < 10_000; i += 1_000) {
      ids.push(
        ...await journal.append(
          Array.from({ length: 1_000 }, (_, k) => message(channel(i + k), "")),
        ),
      );
    }
    const limits = { maxEvents: 3_000, maxLength: 1024 };
    const upTo = ids.at(-1)!;
    for (const from of [after(start!), EARLIEST]) {
      const all = await readAll(journal, ["n.*", "x"], from, upTo, limits);
      assert(all.kind === "found");
      assertEquals(all.records.map(({ id }) => id), ids);
    }
    const late = await readAll(journal, ["n.*"], after(ids[9_899]!), upTo);
    assert(late.kind === "found");
    assertEquals(late.records.map(({ id }) => id), ids.slice(9_900));
    const query = { channels: ["n.*"], count: 2, after: ids[9_899]!, upTo };
    const { events } = await journal.latest(query, limits);
    assertEquals(events.map(({ id }) => id), ids.slice(9_900));
    assertEquals(await journal.changed(["n.*", "m.*"], ids[9_990]!, END), [
      "n.*",
    ]);

    using log = new CapturedLog();
    const [last] = await journal.append([message("n.more", "")]);
    for (const channels of [["n.*"], ["m.*", "*"], ["n.1.*", "n.*", "n.1"]]) {
      for (const from of [after(ids[9_999]!), EARLIEST]) {
        const answer = await readAll(journal, channels, from);
        assertEquals(answer.kind, "unknown");
      }
      await assertRejects(
        () => journal.latest({ ...query, channels }, limits),
        UnreadableError,
        "more than 10000 channels",
      );
    }
    assertEquals(await journal.changed(["m.*", "n.*"], last!, END), ["n.*"]);
    assertEquals(
      (await heldEvents(journal, ["n.1", "start", "m.*"])).length,
      2,
    );
    // Nothing is wrong with the journal.
    assertEquals(log.records, []);
    assert(await journal.isReady());
  });
}
