import { assertEquals, assertStrictEquals } from "@std/assert";
import { Memory } from "../../hub/memory.ts";
import { Registry } from "../../hub/registry.ts";

const START = { ordinal: 0, id: "0-0" } as const;

Deno.test("Registry has one audience for the same channels, in whatever order and however often they are named", () => {
  const registry = new Registry(
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const audience = registry.audience(["b", "a", "b"], START);
  assertStrictEquals(registry.audience(["a", "b"], START), audience);
  assertEquals(registry.audience(["a"], START) === audience, false);
  assertEquals(audience.channels, ["a", "b"]);
});

Deno.test("Registry lets go of a channel with its last audience", () => {
  const registry = new Registry(
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const both = registry.audience(["a", "b"], START);
  const one = registry.audience(["a"], START);
  registry.remove(both);
  assertEquals(registry.names, ["a"]);
  assertStrictEquals(registry.audience(["a"], START), one);
  registry.remove(one);
  assertEquals(registry.names, []);
});
