import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { boundary, countText } from "../../../islands/channels/graphemes.ts";

const PIECES = [
  "a",
  "é",
  "e\u0301",
  "👍🏽",
  "👨‍👩‍👧‍👦",
  "🇩🇪",
  "한",
  "क्षि",
  "\r\n",
  "ל",
];

function lengths(text: string): number[] {
  return [...new Intl.Segmenter().segment(text)].map(({ index }) => index);
}

Deno.test("boundary() cuts between what readers take for characters, and as late as can be", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 200 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (pieces, share) => {
      const text = pieces.join("");
      const at = Math.floor(share * text.length);
      const places = [...lengths(text), text.length].filter((i) => i <= at);
      assertEquals(boundary(text, at), places.at(-1));
    },
  ));
});

Deno.test("boundary() does not cut the first character of a text either", () => {
  assertEquals(boundary("🇩🇪", 2), 0);
  assertEquals(boundary(`a${"\u0301".repeat(1_000)}`, 300), 300);
});

Deno.test("boundary() never cuts a surrogate pair, however many marks are piled up", () => {
  const text = `a${"\u0301".repeat(1_000)}`;
  assertEquals(boundary(text, 500), 500);
  const joined = "👍\u200d".repeat(1_000);
  for (let at = 400; at < 410; at++) {
    assert(joined.slice(0, boundary(joined, at)).isWellFormed(), `${at}`);
  }
});

Deno.test("countText() counts what readers take for characters, unless that takes long", () => {
  assertEquals(countText("👨‍👩‍👧‍👦".repeat(100)), 100);
  assertEquals(countText("x".repeat(10_000)), 10_000);
  assertEquals(countText("x".repeat(10_001)), undefined);
});
