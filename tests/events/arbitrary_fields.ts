import fc from "fast-check";
import type { FrameFields } from "../../events/frame.ts";

/** Any text an event stream carries, rich in what could go wrong. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(" ", "\r", "\n", "\r\n", ":", "\0", "\uFEFF", "data", "é"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
  ),
});

const name = text.map((value) => value.replace(/[\r\n\0]/g, ""));

/** Anything that a frame can say. */
export const fields: fc.Arbitrary<FrameFields> = fc.record({
  data: text,
  event: name.filter((value) => value !== ""),
  id: name,
  retry: fc.nat(),
}, { requiredKeys: ["data"] });
