import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { covers } from "../../events/pattern.ts";
import { toSelection } from "../../hub/selection.ts";
import { closeName, closePattern } from "../events/arbitrary_patterns.ts";

Deno.test("toSelection leaves out what another pattern covers, and no channel", () => {
  fc.assert(fc.property(
    fc.array(closePattern, { minLength: 1 }),
    closeName,
    (asked, name) => {
      const { channels } = toSelection(asked, "named");
      const hits = channels.filter((channel) => covers(channel, name));
      const isAsked = asked.some((channel) => covers(channel, name));
      assertEquals(hits.length, isAsked ? 1 : 0);
    },
  ));
});

Deno.test("toSelection names channels where there may be several, unless they are not to be named", () => {
  const isNamed = (channels: string[]) =>
    toSelection(channels, "named").isNamed;
  assertEquals(isNamed(["a"]), false);
  assertEquals(isNamed(["a", "a"]), false);
  assertEquals(isNamed(["a", "b"]), true);
  assertEquals(isNamed(["a.*"]), true);
  assertEquals(isNamed(["*", "a"]), true);
  for (const format of ["flat", "json"] as const) {
    assertEquals(toSelection(["a", "b.*"], format).isNamed, false);
  }
});

Deno.test("toSelection has one key for what is sent alike, and others for the rest", () => {
  const key = toSelection(["b", "a", "b"], "named").key;
  assertEquals(toSelection(["a", "b"], "named").key, key);
  for (const format of ["flat", "json"] as const) {
    assertNotEquals(toSelection(["a", "b"], format).key, key);
  }
  assertEquals(
    toSelection(["a"], "flat").key,
    toSelection(["a"], "named").key,
  );
  assertNotEquals(
    toSelection(["a"], "json").key,
    toSelection(["a"], "flat").key,
  );
  assertNotEquals(
    toSelection(["a", "b"], "json").key,
    toSelection(["a", "b"], "flat").key,
  );
});
