import fc from "fast-check";

const LETTERS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const character = fc.constantFrom(...LETTERS, ..."._-:@+~=");

/** What stands between the slashes of a channel's name. */
export const segment: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(
    character,
    fc.constantFrom(".", ":", "status", "open", "error", "a"),
  ),
  minLength: 1,
  maxLength: 12,
}).filter((text) => text !== "." && text !== "..");

const RESERVED = ["status", "open", "error"];

/** A channel's name, often of several levels. */
export const name: fc.Arbitrary<string> = fc.array(segment, {
  minLength: 1,
  maxLength: 5,
}).map((segments) => segments.join("/"))
  .filter((text) => !RESERVED.includes(text));

/** A text that is a name, or nearly one, or none at all. */
export const nearName: fc.Arbitrary<string> = fc.oneof(
  name,
  fc.string({
    unit: fc.oneof(
      character,
      fc.constantFrom("/", ".", "..", "/./", "status", "open", "error"),
      fc.constantFrom(..." #,%*?\\;&!\0\n\x7fé", "\ud800", "\u212a"),
      fc.constant("x".repeat(64)),
    ),
    maxLength: 6,
  }),
  fc.constantFrom(...RESERVED, "", ".", ".."),
  fc.integer({ min: 250, max: 260 }).map((length) => "n".repeat(length)),
  fc.string({ unit: "binary" }),
);
