import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { type EventId, eventIdMs } from "../../../events/event_id.ts";
import { UnreadableError } from "../../../journal/history.ts";
import { JournalFileError } from "../../../journal/journal.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import {
  after,
  EARLIEST,
  latestEvents,
  readEvents,
} from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { until } from "../../support/until.ts";
import { PAGE_BYTES } from "../../support/damage_pages.ts";

/** Makes a file of two channels, whose index has several pages. */
async function fill(file: string): Promise<EventId[]> {
  await using journal = new SqliteJournal(file, PLENTY);
  return await journal.append(Array.from({ length: 400 }, (_, i) => ({
    channel: i % 2 ? "news" : "other",
    data: `event ${i}`,
  })));
}

/** Finds the first leaf page of a tree whose root has two levels. */
function firstLeaf(file: string, name: string): number {
  using database = new DatabaseSync(file);
  const { rootpage } = database.prepare(
    "SELECT rootpage FROM sqlite_schema WHERE name = ?",
  ).get(name)!;
  const bytes = Deno.readFileSync(file);
  const root = (rootpage as number - 1) * PAGE_BYTES;
  const view = new DataView(bytes.buffer);
  // https://www.sqlite.org/fileformat.html#b_tree_pages
  assertEquals(bytes[root], 2);
  const cell = root + view.getUint16(root + 12);
  return (view.getUint32(cell) - 1) * PAGE_BYTES;
}

/** Changes the first leaf page of a tree. */
function damage(
  file: string,
  name: string,
  change: (page: DataView) => void,
): void {
  const at = firstLeaf(file, name);
  const bytes = Deno.readFileSync(file);
  change(new DataView(bytes.buffer, at, PAGE_BYTES));
  Deno.writeFileSync(file, bytes);
}

function dropCells(page: DataView): void {
  page.setUint16(3, page.getUint16(3) - 20);
}

/** Flips a bit of the first letter of a channel's name. */
function flipName(page: DataView, name: string, cell: number): void {
  let at = page.getUint16(8 + 2 * cell);
  const text = new TextEncoder().encode(name);
  while (!text.every((byte, i) => page.getUint8(at + i) === byte)) at++;
  page.setUint8(at, page.getUint8(at) ^ 8);
}

for (
  const [what, change] of [
    ["has lost entries", dropCells],
    ["has a flipped bit in a name", (page) => flipName(page, "news", 60)],
    ["has entries in the wrong order", (page) => {
      const [a, b] = [8 + 2 * 10, 8 + 2 * 50];
      const first = page.getUint16(a);
      page.setUint16(a, page.getUint16(b));
      page.setUint16(b, first);
    }],
  ] satisfies [string, (page: DataView) => void][]
) {
  Deno.test(`SqliteJournal whose index ${what} makes it anew, says so, and has every event`, async () => {
    await using at = await sqliteFolder();
    const ids = await fill(at.file);
    damage(at.file, "event_by_channel", change);
    using log = new CapturedLog();
    for (let run = 0; run < 2; run++) {
      await using journal = new SqliteJournal(at.file, PLENTY);
      for (const channel of ["news", "other"]) {
        const kept = await readEvents(journal, [channel], EARLIEST, ids[399]!);
        assertEquals(kept!.length, 200, channel);
        const newest = await latestEvents(journal, [channel], ids[399]!, 400);
        assertEquals(newest.length, 200, channel);
      }
      assertEquals(await journal.isReady(), true);
      assertEquals(log.lines, [
        `warn the index of the journal "${at.file}" was damaged, and was made anew from its events: none is lost`,
      ]);
    }
  });
}

Deno.test("SqliteJournal refuses a file whose index cannot be read", async () => {
  await using at = await sqliteFolder();
  await fill(at.file);
  damage(at.file, "event_by_channel", (page) => page.setUint8(0, 0xff));
  assertThrows(
    () => new SqliteJournal(at.file, PLENTY),
    JournalFileError,
    "database disk image is malformed",
  );
});

for (
  const [what, change] of [
    ["are missing in the table alone", dropCells],
    [
      "have another channel in the table",
      (page) => flipName(page, "other", 10),
    ],
  ] satisfies [string, (page: DataView) => void][]
) {
  Deno.test(`SqliteJournal whose events ${what} reads nothing that needs them, and keeps its index`, async () => {
    await using at = await sqliteFolder();
    const ids = await fill(at.file);
    damage(at.file, "event", change);
    using log = new CapturedLog();
    for (let run = 0; run < 2; run++) {
      await using journal = new SqliteJournal(at.file, PLENTY);
      await assertRejects(
        () => readEvents(journal, ["other"], EARLIEST, ids[399]!),
        UnreadableError,
      );
      assertEquals(await journal.isReady(), false);
      const end = await readEvents(journal, ["other"], ids[299]!, ids[399]!);
      assertEquals(end!.length, 50);
    }
    const lines = log.lines;
    assert(lines.every((line) => line.includes("cannot read")), `${lines}`);
  });
}

/** What a record's header in the index begins with: the lengths of record and header, and the types of three columns. */
const HEADER_BYTES = 5;

for (
  const [what, column] of [["kind of note", 0], ["time", 1]] as const
) {
  Deno.test(`SqliteJournal whose index has another ${what} than an event leaves out nothing in silence`, async () => {
    await using at = await sqliteFolder();
    // The events come a moment after the journal began.
    await new SqliteJournal(at.file, PLENTY)[Symbol.asyncDispose]();
    const begunMs = Date.now();
    await until(() => Date.now() > begunMs);
    const ids = await fill(at.file);
    const ms = eventIdMs(ids[0]!);
    damage(at.file, "event_by_channel", (page) => {
      const cell = page.getUint16(8 + 2 * 60);
      // NULL becomes 0: that is one bit. https://www.sqlite.org/fileformat.html#record_format
      assertEquals(page.getUint8(cell + HEADER_BYTES + column), 0);
      page.setUint8(cell + HEADER_BYTES + column, 8);
    });
    using _log = new CapturedLog();
    await using journal = new SqliteJournal(at.file, PLENTY);
    const damaged = ids[2 * 60 + 1]!;
    const upTo = ids[399]!;
    const limits = { maxEvents: 999, maxLength: 99_999 };
    const channels = ["news"];
    for (
      const read of [
        () => latestEvents(journal, channels, upTo, 400),
        () => readEvents(journal, channels, EARLIEST, upTo),
        () => readEvents(journal, channels, { kind: "since", ms }, upTo),
        () => journal.changed(channels, ids[0]!, upTo),
        () => journal.holdings(channels),
      ]
    ) {
      await assertRejects(read, UnreadableError, damaged.split(".")[0]);
    }
    const from = after(damaged);
    const rest = await journal.read({ channels, from, upTo }, limits);
    assert(rest.kind === "found");
    assertEquals(rest.records.length, 139);
    assertEquals(await journal.changed(channels, damaged, upTo), channels);
    assertEquals(await latestEvents(journal, ["other"], upTo), [
      { channel: "other", data: "event 398", id: ids[398]! },
    ]);
  });
}
