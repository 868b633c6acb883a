import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { toParts } from "../../hub/parts.ts";
import type { TimelineRecord } from "../../journal/note.ts";

const MAX_LENGTH = 1024 * 1024;

/** Lengths of data; nothing stands for a note. */
function toRecords(lengths: readonly (number | undefined)[]): TimelineRecord[] {
  return lengths.map((length, i) =>
    length === undefined
      ? { id: `${i + 1}-0`, note: "epoch" }
      : { id: `${i + 1}-0`, channel: "a", data: "x".repeat(length) }
  );
}

function lengthOf(records: readonly TimelineRecord[]): number {
  return records.reduce(
    (sum, record) => sum + ("data" in record ? record.data.length : 0),
    0,
  );
}

Deno.test("toParts keeps all records in order, and no part is longer than 1 MiB unless it is one record", () => {
  const length = fc.option(fc.integer({ min: 0, max: MAX_LENGTH + 2 }), {
    nil: undefined,
  });
  fc.assert(
    fc.property(fc.array(length, { maxLength: 8 }), (lengths) => {
      const records = toRecords(lengths);
      const parts = toParts(records);
      assertEquals(
        parts.flat().map(({ id }) => id),
        records.map(({ id }) => id),
      );
      for (const [i, part] of parts.entries()) {
        const isSmall = part.length <= 1 || lengthOf(part) <= MAX_LENGTH;
        const next = parts[i + 1]?.[0];
        const isFull = !next || lengthOf([...part, next]) > MAX_LENGTH;
        assertEquals([isSmall, isFull], [true, true]);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("toParts has one part of nothing", () => {
  assertEquals(toParts([]), [[]]);
});
