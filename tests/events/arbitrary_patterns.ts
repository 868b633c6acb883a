import fc from "fast-check";
import { name } from "./arbitrary_names.ts";
import { parsePattern, type Pattern } from "../../events/pattern.ts";

/** The places after a `.`, `:` or `/` at which a name can be cut. */
function cutsOf(text: string): string[] {
  return [...text.matchAll(/[.:/]/g)].map(({ index }) =>
    `${text.slice(0, index + 1)}*`
  ).filter((cut) => cut.length <= 256);
}

/** A name, and patterns of which some cover it. */
export const nameAndPatterns: fc.Arbitrary<[string, Pattern[]]> = fc.tuple(
  name,
  fc.array(name, { maxLength: 3 }),
).map(([text, others]) => [
  text,
  ["*", text, ...cutsOf(text), ...others, ...others.flatMap(cutsOf)]
    .map(parsePattern),
]);

/** Patterns of few characters, so that many of them have to do with each other. */
export const closePattern: fc.Arbitrary<Pattern> = fc.oneof(
  fc.constant("*"),
  fc.string({ unit: fc.constantFrom(..."ab.:/"), minLength: 1, maxLength: 5 })
    .chain((text) => fc.constantFrom(text, ...cutsOf(text))),
).filter((text) => {
  try {
    parsePattern(text);
    return true;
  } catch {
    return false;
  }
}).map(parsePattern);

/** Names of few characters. */
export const closeName: fc.Arbitrary<string> = closePattern.filter((text) =>
  !text.endsWith("*")
);
