import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { compareEventIds, type EventId } from "../../../events/event_id.ts";
import { BatchTooLargeError } from "../../../journal/batch_limit.ts";
import type { Entry, Journal } from "../../../journal/journal.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import { TailReader } from "../../support/tail_reader.ts";
import {
  after,
  END,
  eventsOf,
  heldEvents,
  readAll,
} from "../../support/read_events.ts";
import { until } from "../../support/until.ts";
import { type Contract, message } from "./backend.ts";
import { Model } from "./model.ts";

const channel = fc.constantFrom("a", "b", "c");

const entry = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(channel, fc.nat(40)) },
  { weight: 1, arbitrary: fc.tuple(channel, fc.constant(undefined)) },
).map(([channel, length]): Entry =>
  length === undefined
    ? { note: "test", channel, payload: "p" }
    : message(channel, "x".repeat(length))
);

const batch = fc.array(entry, { minLength: 1, maxLength: 4 });

const reading = fc.record({
  channels: fc.subarray(["a", "b", "c", "none"], { minLength: 1 }),
  from: fc.nat(),
  upTo: fc.nat(),
  maxEvents: fc.integer({ min: 1, max: 5 }),
  between: batch,
});

/** Appends messages with the same data, one at a time. */
async function appendEach(
  journal: Journal,
  channel: string,
  count: number,
  data: string,
): Promise<EventId[]> {
  const ids: EventId[] = [];
  for (let i = 0; i < count; i++) {
    ids.push(...await journal.append([message(channel, data)]));
  }
  return ids;
}

const steps = fc.array(
  fc.oneof({ weight: 3, arbitrary: batch }, { weight: 2, arbitrary: reading }),
  { maxLength: 40, size: "max" },
);

/** How retention by count and by size is tested. */
export function testRetention(contract: Contract): void {
  contract.test(
    "refuses a batch of more than it keeps of a channel, and keeps what it has",
    async (journal) => {
      const batch = (count: number, name = "a") =>
        Array.from({ length: count }, (_, i) => message(name, `${i}`));
      const tail = new TailReader(journal);
      await tail.start();
      const ids = await journal.append(batch(5));
      await assertRejects(
        () => journal.append([...batch(6), ...batch(2, "b")]),
        BatchTooLargeError,
        "Cannot publish 6 messages at once: the journal keeps 5 of each channel (--retain-events)",
      );
      const kept = await heldEvents(journal, ["a", "b"]);
      assertEquals(kept.map(({ id }) => id), ids);
      ids.push(...await journal.append([...batch(5, "b"), ...batch(5, "c")]));
      const events = await tail.take(15);
      assertEquals(events.map(({ id }) => id), ids);
    },
    { maxEvents: 5 },
  );

  contract.test(
    "refuses a batch of more bytes than it keeps, and keeps what it has",
    async (journal) => {
      const ids = await journal.append([message("a", "x".repeat(10_000))]);
      const batch = Array.from(
        { length: 4 },
        () => message("a", "\u{20AC}".repeat(10_000)),
      );
      const error = await assertRejects(
        () => journal.append(batch),
        BatchTooLargeError,
      );
      assert(
        /^Cannot publish 12\d{4} bytes at once: the journal keeps 100000 \(--retain-total/
          .test(error.message),
        error.message,
      );
      const kept = await heldEvents(journal, ["a"]);
      assertEquals(kept.map(({ id }) => id), ids);
    },
    { maxBytes: 100_000 },
  );

  contract.test(
    "keeps all of a batch of as many as it keeps",
    async (journal) => {
      const batch = Array.from({ length: 300 }, (_, i) => message("a", `${i}`));
      for (let i = 0; i < 3; i++) await journal.append(batch.slice(0, 101));
      const ids = await journal.append(batch);
      const kept = await heldEvents(journal, ["a"]);
      assertEquals(kept.map(({ id }) => id), ids);
    },
    { maxEvents: 300 },
  );

  contract.test(
    "keeps each channel's newest events, however many others are published",
    async (journal) => {
      const [quiet] = await journal.append([message("quiet", "1")]);
      for (let i = 0; i < 40; i++) {
        await journal.append([message("noisy", `${i}`)]);
      }
      const kept = await heldEvents(journal, ["noisy"]);
      assertEquals(
        kept.map(({ data }) => Number(data)),
        [30, 31, 32, 33, 34, 35, 36, 37, 38, 39],
      );
      assertEquals((await heldEvents(journal, ["quiet"])).length, 1);
      const answer = await readAll(journal, ["quiet"], after(quiet!));
      assertEquals(answer.kind, "found");
      assertEquals(
        (await readAll(journal, ["noisy"], after(quiet!))).kind,
        "gone",
      );
    },
    { maxEvents: 10 },
  );

  contract.test(
    "lets go of the oldest of all channels beyond its size, and says so",
    async (journal) => {
      const names = [..."abcdef"];
      const ids: EventId[] = [];
      for (let i = 0; i < 60; i++) {
        const name = names[i % names.length]!;
        ids.push(...await journal.append([message(name, "x".repeat(10_000))]));
      }
      const kept = await until(async () => {
        const kept = await heldEvents(journal, names);
        return kept.length <= 20 && kept;
      });
      assert(kept.length >= 5, `${kept.length}`);
      assertEquals(kept.map(({ id }) => id), ids.slice(-kept.length));
      for (const channels of [["a"], names, ["none"]]) {
        const gone = await readAll(journal, channels, after(ids[0]!));
        assert(gone.kind === "gone");
        assert(compareEventIds(gone.floor, ids.at(-kept.length - 1)!) >= 0);
        assert(compareEventIds(gone.floor, ids.at(-kept.length)!) < 0);
      }
      const found = await readAll(journal, names, after(kept[0]!.id));
      assert(found.kind === "found");
      assertEquals(eventsOf(found.records), kept.slice(1));
      assertEquals(await journal.changed(["none"], ids[0]!, END), ["none"]);
      assertEquals(await journal.changed(["none"], kept[0]!.id, END), []);
    },
    { maxBytes: 200_000 },
  );

  contract.test(
    "counts what a channel's limit let go no more",
    async (journal) => {
      const quiet = await appendEach(journal, "quiet", 1, "1");
      await appendEach(journal, "noisy", 40, "x".repeat(10_000));
      assertEquals((await heldEvents(journal, ["noisy"])).length, 3);
      const kept = await heldEvents(journal, ["quiet"]);
      assertEquals(kept.map(({ id }) => id), quiet);
    },
    { maxEvents: 3, maxBytes: 100_000 },
  );

  contract.test(
    "lets a channel have its whole number again after its oldest went for the size",
    async (journal) => {
      const data = "x".repeat(10_000);
      const large = await appendEach(journal, "a", 9, data);
      await appendEach(journal, "b", 9, data);
      await until(async () => {
        const kept = await heldEvents(journal, ["a"]);
        return !kept.some(({ id }) => id === large[6]);
      });
      const small = await appendEach(journal, "a", 8, "1");
      const kept = await heldEvents(journal, ["a"]);
      assertEquals(kept.map(({ id }) => id).slice(-8), small);
    },
    { maxEvents: 10, maxBytes: 100_000 },
  );

  contract.testMany(
    "answers as a model does, whatever is appended and let go",
    async (open) => {
      // The notes are of a kind that nobody knows.
      using _log = new CapturedLog();
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 4 }),
          fc.constantFrom(8_000, 1024 ** 3),
          steps,
          async (maxEvents, maxBytes, steps) => {
            await using journal = await open({ maxEvents, maxBytes });
            const model = new Model(journal);
            const append = async (batch: readonly Entry[]) => {
              const fits = [..."abc"].every((name) =>
                batch.filter((entry) =>
                  entry.channel === name && "data" in entry
                )
                  .length <= maxEvents
              );
              if (fits) await model.append(batch);
              else {
                await assertRejects(
                  () => journal.append(batch),
                  BatchTooLargeError,
                );
              }
            };
            for (const step of steps) {
              if (Array.isArray(step)) await append(step);
              else if (model.records.length > 0) {
                const { channels, maxEvents, between } = step;
                const { length } = model.records;
                const from = model.records[step.from % length]!.id;
                const upTo = model.records[step.upTo % length]!.id;
                await model.read(
                  channels,
                  from,
                  upTo,
                  maxEvents,
                  () => append(between),
                );
                await model.held(channels);
              }
            }
            if (maxBytes > 8_000) {
              await model.checkCounts(
                [..."abc"],
                maxEvents,
              );
            }
          },
        ),
        { numRuns: 40 },
      );
    },
  );
}
