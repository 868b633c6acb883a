import { assertEquals } from "@std/assert";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { Clock } from "../../../islands/clock/clock.tsx";
import { loadedView } from "../../../islands/clock/clock_view.ts";

Deno.test("Clock explains the orange ticks only where there are some", () => {
  const view = loadedView("UTC", "2026-11-22 04:30:20", 1_795_321_820_000);
  const explains = (...lateMs: (number | undefined)[]) => {
    const ticks = lateMs.map((lateMs) => ({ ms: view.ms, lateMs }));
    const props = { view: { ...view, ticks }, base: "", serverZone: "UTC" };
    return renderToString(h(Clock, props)).includes("Orange");
  };
  assertEquals(explains(), false);
  assertEquals(explains(3, 5), false);
  assertEquals(explains(undefined, 5), true);
});
