import { assert, assertEquals, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { ByteCount } from "../../../hub/byte_count.ts";
import type { TailBatch } from "../../../journal/journal.ts";
import { MemoryJournal } from "../../../journal/memory/journal.ts";
import { JournalHost } from "../../../journal/remote/host.ts";
import { eventsOf } from "../../support/read_events.ts";
import { PLENTY } from "../contract.ts";

/** A journal that is lent to a reader, whose batches are kept. */
async function lend(maxWaitingBytes?: number) {
  const journal = new MemoryJournal(PLENTY);
  const held = new ByteCount(ByteCount.share(1), 0);
  const host = new JournalHost(journal, { maxWaitingBytes, held });
  const following = host.follow();
  const batches: TailBatch[] = [];
  const reader = host.addReader((batch) => batches.push(batch));
  await delay(0);
  return {
    journal,
    held,
    reader,
    batches,
    /** Appends one event of so many bytes. */
    async append(length: number, data = "x") {
      const [id] = await journal.append([
        { channel: "a", data: data.padEnd(length) },
      ]);
      await delay(0);
      return id!;
    },
    async [Symbol.asyncDispose]() {
      await journal[Symbol.asyncDispose]();
      await following;
      reader.stop();
    },
  };
}

const MIB = 1024 ** 2;

Deno.test("JournalHost sends nothing more to a reader that has stopped", async () => {
  await using journal = new MemoryJournal(PLENTY);
  const host = new JournalHost(journal);
  const following = host.follow();
  const heard: string[][] = [[], []];
  const [reader] = heard.map((list) =>
    host.addReader(({ records }) =>
      list.push(...eventsOf(records).map(({ data }) => data))
    )
  );
  await journal.append([{ channel: "a", data: "1" }]);
  await delay(0);
  reader!.stop();
  await journal.append([{ channel: "a", data: "2" }]);
  await delay(0);
  assertEquals(heard, [["1"], ["1", "2"]]);
  await journal[Symbol.asyncDispose]();
  await following;
});

Deno.test("JournalHost sends a reader no more than it takes in, and that in few batches", async () => {
  await using lent = await lend();
  for (let i = 0; i < 9; i++) await lent.append(300_000, `${i}`);
  // The beginning, and one that is larger than what may be on its way.
  assertEquals(lent.batches.length, 2);
  assertEquals(lent.batches[1]!.records.length, 1);
  lent.reader.acknowledge(1);
  await delay(0);
  assertEquals(lent.batches.length, 2);
  lent.reader.acknowledge(1);
  await delay(0);
  assertEquals(lent.batches.length, 3);
  assertEquals(
    eventsOf(lent.batches[2]!.records).map(({ data }) => data.trim()).join(""),
    "12345678",
  );
});

Deno.test("JournalHost does not wait for a reader between small batches", async () => {
  await using lent = await lend();
  for (let i = 0; i < 9; i++) await lent.append(100, `${i}`);
  assertEquals(lent.batches.length, 10);
});

Deno.test("JournalHost has a reader skip what would be too much, and counts what waits", async () => {
  await using lent = await lend(4 * MIB);
  await lent.append(MIB, "0");
  for (let i = 1; i <= 3; i++) await lent.append(MIB, `${i}`);
  assert(lent.held.total > 4 * MIB, `${lent.held.total}`);
  for (let i = 4; i <= 20; i++) {
    await lent.append(MIB, `${i}`);
    assertLess(lent.held.total, 5.1 * MIB);
  }
  const [begin, first, ...others] = lent.batches;
  assertEquals(begin!.records, []);
  assertEquals(first!.records.length, 1);
  assertEquals(others, []);
  let brought = 1;
  let last = first!.last;
  const gaps: number[] = [];
  lent.reader.acknowledge(2);
  for (let i = 2; brought < 21; i++) {
    await delay(0);
    const batch = lent.batches[i]!;
    if (batch.gap) {
      assertEquals(batch.records, []);
      const answer = await lent.journal.read({
        channels: ["a"],
        from: { kind: "after", id: last },
        upTo: batch.last,
      }, { maxEvents: 99, maxLength: Infinity });
      assert(answer.kind === "found");
      gaps.push(answer.records.length);
      brought += answer.records.length;
    }
    brought += batch.records.length;
    last = batch.last;
    lent.reader.acknowledge(1);
  }
  assertEquals(gaps.length, 1);
  assert(gaps[0]! >= 14);
  await delay(0);
  assertEquals(lent.held.total, 0);
});

Deno.test("JournalHost brings one batch that is larger than what may wait", async () => {
  await using lent = await lend(1_000);
  lent.reader.acknowledge(1);
  await lent.append(10_000, "large");
  assertEquals(lent.batches[1]!.records.length, 1);
  assertEquals(lent.batches[1]!.gap, undefined);
});

Deno.test("JournalHost counts nothing any more for a reader that was stopped", async () => {
  await using lent = await lend();
  for (let i = 0; i < 5; i++) await lent.append(MIB);
  assert(lent.held.total > 5 * MIB);
  lent.reader.stop();
  assertEquals(lent.held.total, 0);
  await lent.append(MIB);
  lent.reader.acknowledge(1);
  assertEquals(lent.held.total, 0);
});
