import { assertEquals } from "@std/assert";
import type { EventId } from "../../events/event_id.ts";
import { EpochSpans } from "../../hub/epoch_spans.ts";

function has(spans: EpochSpans, ids: readonly EventId[]): EventId[] {
  return ids.filter((id) => spans.has(id));
}

Deno.test("EpochSpans has the ids of each epoch from its first record to its last one, and no others", () => {
  const spans = new EpochSpans("3-0.aaaaaa");
  for (const id of ["5-0.aaaaaa", "8-0.bbbbbb", "9-2.bbbbbb"] as const) {
    spans.extend(id);
  }
  const places = ["2-9", "3-0", "5-0", "5-1", "7-9", "8-0", "9-2", "9-3"];
  const ids = (epoch: string) =>
    places.map((place) => `${place}${epoch}`) as EventId[];
  assertEquals(has(spans, ids(".aaaaaa")), ["3-0.aaaaaa", "5-0.aaaaaa"]);
  assertEquals(has(spans, ids(".bbbbbb")), ["8-0.bbbbbb", "9-2.bbbbbb"]);
  assertEquals(has(spans, [...ids(".cccccc"), ...ids("")]), []);
});

Deno.test("EpochSpans has nothing of the time before it began anew", () => {
  const spans = new EpochSpans("3-0.aaaaaa");
  spans.extend("5-0.aaaaaa");
  spans.restart("9-0.aaaaaa");
  assertEquals(
    has(spans, ["3-0.aaaaaa", "5-0.aaaaaa", "8-0.aaaaaa", "9-0.aaaaaa"]),
    ["9-0.aaaaaa"],
  );
});

Deno.test("EpochSpans has what came before a part that was left out, and nothing of that part", () => {
  const spans = new EpochSpans("3-0.aaaaaa");
  spans.extend("5-0.aaaaaa");
  spans.skip("9-0.aaaaaa");
  spans.extend("11-0.aaaaaa");
  const ids = ["3-0", "5-0", "6-0", "8-0", "9-0", "10-0"]
    .map((place) => `${place}.aaaaaa`) as EventId[];
  assertEquals(
    has(spans, ids),
    ids.filter((id) => !/^[68]/.test(id)),
  );
});

Deno.test("EpochSpans has left an epoch once another has come", () => {
  const spans = new EpochSpans("3-0.aaaaaa");
  assertEquals(spans.hasLeft("9-0.aaaaaa"), false);
  spans.extend("5-0.bbbbbb");
  assertEquals(spans.hasLeft("9-0.aaaaaa"), true);
  assertEquals(spans.hasLeft("9-0.bbbbbb"), false);
  assertEquals(spans.hasLeft("9-0.cccccc"), false);
});

Deno.test("EpochSpans remembers the newest 1,000 epochs", () => {
  const idOf = (n: number): EventId => `${n}-0.${`${n}`.padStart(6, "e")}`;
  const spans = new EpochSpans(idOf(0));
  for (let n = 1; n <= 1_000; n++) spans.extend(idOf(n));
  assertEquals(has(spans, [idOf(0), idOf(1), idOf(1_000)]), [
    idOf(1),
    idOf(1_000),
  ]);
});
