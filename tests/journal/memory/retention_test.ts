import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { BatchTooLargeError } from "../../../journal/batch_limit.ts";
import { MemoryJournal } from "../../../journal/memory/journal.ts";
import { PLENTY } from "../contract.ts";
import { latestEvents, readEvents } from "../../support/read_events.ts";

Deno.test("MemoryJournal removes what is too old", async () => {
  using time = new FakeTime();
  await using journal = new MemoryJournal({ maxEvents: 9, maxAgeMs: 1_000 });
  const [id] = await journal.append([{ channel: "a", data: "1" }]);
  await time.tickAsync(1_000);
  assertEquals((await latestEvents(journal, ["a"], id!)).length, 1);
  await time.tickAsync(1);
  assertEquals(await latestEvents(journal, ["a"], id!), []);
  assertEquals(await journal.floor(), id);
});

Deno.test("MemoryJournal neither reads nor claims what is too old, whichever is asked first", async () => {
  using time = new FakeTime();
  await using journal = new MemoryJournal({ maxEvents: 9, maxAgeMs: 1_000 });
  const floor = await journal.floor();
  const [a] = await journal.append([{ channel: "a", data: "1" }]);
  await time.tickAsync(1_001);
  assertEquals(await readEvents(journal, ["a"], floor, a!, 9), undefined);
  const [b] = await journal.append([{ channel: "a", data: "2" }]);
  await time.tickAsync(1_001);
  assertEquals(await journal.floor(), b);
});

Deno.test("MemoryJournal refuses a batch of more characters than it keeps", async () => {
  await using journal = new MemoryJournal(PLENTY);
  const most = "x".repeat(64 * 1024 * 1024);
  const batch = [most, most, "y"].map((data) => ({ channel: "a", data }));
  const floor = await journal.floor();
  await assertRejects(
    () => journal.append(batch),
    BatchTooLargeError,
    "Cannot publish 134217729 characters at once: the journal keeps 134217728",
  );
  const ids = await journal.append(batch.slice(0, 2));
  const kept = await readEvents(journal, ["a"], floor, ids[1]!);
  assertEquals(kept!.map(({ id }) => id), ids);
});

Deno.test("MemoryJournal keeps 128 Mi characters at most", async () => {
  await using journal = new MemoryJournal(PLENTY);
  const half = "x".repeat(64 * 1024 * 1024);
  const kept = async () =>
    (await latestEvents(
      journal,
      ["a", "b", "c", "d"],
      `${Date.now() + 1_000}-0`,
    ))
      .map(({ channel }) => channel);
  await journal.append([{ channel: "a", data: half }]);
  await journal.append([{ channel: "b", data: half }]);
  assertEquals(await kept(), ["a", "b"]);
  await journal.append([{ channel: "c", data: "x" }]);
  assertEquals(await kept(), ["b", "c"]);
  await journal.append([{ channel: "d", data: "x" }]);
  assertEquals(await kept(), ["b", "c", "d"]);
});
