import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { UnavailableError, UnreadableError } from "../../../journal/history.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import { EARLIEST, END, readEvents } from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";

const MESSAGE = { channel: "a", data: "x".repeat(500) };

/** Makes a file that holds so many events itself, and not only in its log. */
async function fill(file: string, count: number): Promise<void> {
  await using journal = new SqliteJournal(file, PLENTY);
  await journal.append(Array(count).fill(MESSAGE));
}

async function setUp() {
  const at = await sqliteFolder();
  await fill(at.file, 20);
  const time = new FakeTime();
  const log = new CapturedLog();
  const journal = new SqliteJournal(at.file, PLENTY);
  return {
    ...at,
    journal,
    lines: () => log.lines,
    async append(count = 1) {
      const appended = journal.append(Array(count).fill(MESSAGE));
      const settled = Promise.allSettled([appended]);
      await time.tickAsync(1);
      await settled;
      return (await appended).at(-1)!;
    },
    read: () => readEvents(journal, ["a"], EARLIEST, END),
    tickAsync: (ms: number) => time.tickAsync(ms),
    async [Symbol.asyncDispose]() {
      await journal[Symbol.asyncDispose]();
      log[Symbol.dispose]();
      time[Symbol.dispose]();
      await at[Symbol.asyncDispose]();
    },
  };
}

/** Overwrites a file in its place. The time is set, as the test may be faster than the system's clock of files. */
async function overwrite(file: string, bytes: Uint8Array): Promise<void> {
  using opened = await Deno.open(file, { write: true });
  await opened.write(bytes);
  await opened.utime(1, Math.random() * 1e9);
}

for (
  const [what, suffix, more] of [
    ["file", "", 0],
    ["file", "", 8_192],
    ["write-ahead log", "-wal", 0],
  ] as const
) {
  Deno.test(`SqliteJournal whose ${what} is overwritten by ${more} bytes more appends and reads nothing, until the same is back`, async () => {
    await using w = await setUp();
    await w.append();
    const file = `${w.file}${suffix}`;
    const before = await Deno.readFile(file);
    await overwrite(
      file,
      new Uint8Array(before.length + more).fill(more ? 7 : 0),
    );
    // Asking is enough.
    assertEquals(await w.journal.isReady(), false);
    const reason = `its ${what} was overwritten: `;
    await assertRejects(() => w.append(), UnavailableError, reason);
    await assertRejects(w.read, UnreadableError, reason);
    await w.tickAsync(10_000);
    assertEquals(await w.journal.isReady(), false);
    const [append, read, ...others] = w.lines();
    assert(append?.includes(`cannot append to "${w.file}": ${reason}`), append);
    assert(read?.includes(`cannot read "${w.file}": ${reason}`), read);
    assertEquals(others, []);

    await overwrite(file, before);
    await w.tickAsync(5_000);
    assertEquals((await w.read())!.length, 21);
    assertEquals(await w.journal.isReady(), true);
    await w.append();
    assertEquals((await w.read())!.length, 22);
  });
}

Deno.test("SqliteJournal takes no other journal that is copied over its file, and leaves it as it is", async () => {
  await using other = await sqliteFolder();
  await fill(other.file, 400);
  await using w = await setUp();
  const bytes = await Deno.readFile(other.file);
  await w.append();
  await overwrite(w.file, bytes);
  await assertRejects(() => w.append(), UnavailableError, "was overwritten");
  await w.journal[Symbol.asyncDispose]();
  assertEquals(await Deno.readFile(w.file), bytes);
});

for (const suffix of ["", "-wal"]) {
  Deno.test(`SqliteJournal goes on where events.db${suffix} is only touched`, async () => {
    await using w = await setUp();
    for (let i = 0; i < 3; i++) {
      await Deno.utime(`${w.file}${suffix}`, 1, i);
      assertEquals(await w.journal.isReady(), true);
      await w.append();
    }
    assertEquals((await w.read())!.length, 23);
    assertEquals(w.lines(), []);
  });
}

Deno.test("SqliteJournal loses nothing in a crash where the header of its log was overwritten", async () => {
  await using w = await setUp();
  await using copy = await sqliteFolder();
  const id = await w.append(20);
  await overwrite(`${w.file}-wal`, new Uint8Array(32));
  assertEquals(await w.journal.isReady(), true);
  for (const suffix of ["", "-wal"]) {
    await Deno.copyFile(`${w.file}${suffix}`, `${copy.file}${suffix}`);
  }
  await using again = new SqliteJournal(copy.file, PLENTY);
  const kept = await readEvents(again, ["a"], EARLIEST, id);
  assertEquals(kept!.length, 40);
});
