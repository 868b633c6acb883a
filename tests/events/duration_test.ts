import { assertEquals } from "@std/assert";
import { parseDuration } from "../../events/duration.ts";

Deno.test("parseDuration() reads every duration that a safe integer of ms can hold", () => {
  for (
    const [text, ms] of [
      ["0s", 0],
      ["007s", 7_000],
      ["5m", 300_000],
      ["24h", 86_400_000],
      ["7d", 604_800_000],
      // A page whose clock was set from 1970 to today.
      ["1770000000s", 1_770_000_000_000],
      ["9007199254740s", 9_007_199_254_740_000],
      ["104249991d", 9_007_199_222_400_000],
    ] as const
  ) assertEquals(parseDuration(text), ms, text);
});

Deno.test("parseDuration() refuses longer durations, and all else", () => {
  for (
    const text of [
      ...["9007199254741s", "104249992d", `${"9".repeat(400)}s`],
      ...["", "s", "5", "-5s", "+5s", "5.5s", "1e3s", "5S", " 5s", "5s\n"],
    ]
  ) assertEquals(parseDuration(text), undefined, text);
});
