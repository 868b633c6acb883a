import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Block,
  EventLog,
  MAX_ROWS,
} from "../../../islands/channels/event_log.ts";
import { heightOf, span } from "../../../islands/channels/span.ts";

function event(n: number, data = `${n}`) {
  return { id: `${n}-0`, channel: "news", type: "message", data };
}

function rowsOf(log: EventLog): string[] {
  return log.blocks.flatMap(({ rows }) => rows)
    .map((row) => "note" in row ? row.note : row.data);
}

Deno.test("EventLog keeps the last events, and no more than a little above that", () => {
  const log = new EventLog();
  for (let i = 0; i < 3 * MAX_ROWS; i++) {
    log.addEvent(event(i));
    assert(log.rows < MAX_ROWS + 25);
  }
  const kept = rowsOf(log);
  assertEquals(kept.length, log.rows);
  assertEquals(log.events, 3 * MAX_ROWS);
  assert(log.rows >= MAX_ROWS);
  const last = Array.from(kept, (_, i) => 3 * MAX_ROWS - kept.length + i);
  assertEquals(kept, last.map(String));
});

Deno.test("EventLog keeps fewer events where they are large", () => {
  const log = new EventLog();
  const data = "x".repeat(256 * 1024);
  for (let i = 0; i < 1_000; i++) log.addEvent(event(i, data));
  assert(log.rows <= 256 && log.rows > 200, `${log.rows} rows`);
  assertEquals(log.kept, log.rows);
  log.clear();
  log.addNote("paused");
  log.addEvent(event(1));
  log.addOlder([event(0), event(1)]);
  assertEquals([log.kept, log.rows], [2, 3]);
});

Deno.test("EventLog says the same thing once in a row", () => {
  const log = new EventLog();
  for (const note of ["full", "full", "lost", "full"]) log.addNote(note);
  assertEquals(rowsOf(log), ["full", "lost", "full"]);
});

Deno.test("EventLog that is cleared goes on with new keys", () => {
  const log = new EventLog();
  log.addEvent(event(1));
  log.clear();
  assertEquals([log.rows, log.events], [0, 0]);
  log.addEvent(event(2));
  assertEquals(log.blocks[0]?.rows[0]?.key, 2);
});

Deno.test("EventLog puts older events where they belong, and parts no more blocks than it must", () => {
  fc.assert(fc.property(
    fc.array(fc.boolean(), { maxLength: 200 }),
    fc.array(fc.nat(200), { maxLength: 5 }),
    (here, noteAfter) => {
      const log = new EventLog();
      const ids = [...here, true].map((_, i) => i);
      ids.filter((i) => here[i] ?? true).forEach((i) => {
        log.addEvent(event(i));
        if (noteAfter.includes(i)) log.addNote(`after ${i}`);
      });
      const last = log.blocks.at(-1);
      const missing = here.filter((isHere) => !isHere).length;
      assertEquals(log.addOlder(ids.map((i) => event(i))), missing);
      const rows = log.blocks.flatMap(({ rows }) => rows);
      assertEquals(log.rows, rows.length);
      const events = rowsOf(log).filter((row) => !row.startsWith("after"));
      assertEquals(events, ids.map(String));
      assertEquals(new Set(rows.map(({ key }) => key)).size, rows.length);
      assert(log.blocks.every(({ rows }) => rows.length <= 25));
      assertEquals(log.older, missing);
      if (!missing) assertEquals(log.blocks.at(-1), last);
      assertEquals(log.addOlder(ids.map((i) => event(i))), 0);
    },
  ));
});

Deno.test("EventLog puts events that were missed after the note that says so, and older ones before all notes", () => {
  for (const before of [0, 1, 24, 25, 26]) {
    const log = new EventLog();
    log.addNote("full");
    for (let i = 0; i < before; i++) log.addEvent(event(100 + i));
    log.addEvent(event(200));
    log.addNote("lost");
    log.addNote("cannot be known");
    log.addEvent(event(203));
    const missing = [
      98,
      99,
      ...Array.from({ length: before }, (_, i) => 100 + i),
    ]
      .concat(200, 201, 202, 203).map((i) => event(i));
    assertEquals(log.addOlder(missing), 4);
    const rows = rowsOf(log);
    assertEquals(rows.slice(0, 3), ["98", "99", "full"]);
    assertEquals(
      rows.slice(-6),
      ["200", "lost", "cannot be known", "201", "202", "203"],
    );
  }
});

Deno.test("EventLog keeps its blocks where older events come before them", () => {
  const log = new EventLog();
  log.addNote("paused");
  for (let i = 100; i < 160; i++) log.addEvent(event(i));
  const { blocks } = log;
  log.addOlder(Array.from({ length: 61 }, (_, i) => event(40 + i)));
  assert(blocks.every((block, i) => log.blocks.at(i - 3) === block));
  assertEquals(rowsOf(log).slice(59, 62), ["99", "paused", "100"]);
  assertEquals(log.mostOfOne, 120);
});

Deno.test("span() has the visible blocks, and the height of all others", () => {
  const row = { key: 1, note: "" };
  const block = fc.record<Block>({
    rows: fc.array(fc.constant(row), { minLength: 1, maxLength: 3 }),
    height: fc.option(fc.nat(200).map((n) => n + 1), { nil: undefined }),
  });
  fc.assert(fc.property(
    fc.array(block),
    fc.integer({ min: -500, max: 3_000 }),
    fc.nat(1_000),
    (blocks, top, height) => {
      const { from, to, before, after } = span(blocks, top, top + height);
      assert(from <= to);
      assertEquals(before, heightOf(blocks.slice(0, from)));
      assertEquals(after, heightOf(blocks.slice(to)));
      // No block that is left out is visible.
      const all = heightOf(blocks);
      assert(before <= Math.max(0, top) || from === 0);
      assert(all - after >= Math.min(all, top + height));
    },
  ));
});

Deno.test("EventLog keeps fewer older events where they are large", () => {
  const log = new EventLog();
  log.addEvent(event(1_000));
  const data = "x".repeat(256 * 1024);
  log.addOlder(
    Array.from({ length: 1_001 }, (_, i) => event(i, i < 1_000 ? data : "")),
  );
  assert(log.rows <= 257, `${log.rows} rows`);
});
