import { assertEquals, assertStrictEquals } from "@std/assert";
import { Memory } from "../../hub/memory.ts";
import { Registry } from "../../hub/registry.ts";
import { toSelection } from "../../hub/selection.ts";

const START = { ordinal: 0, id: "0-0" } as const;

Deno.test("Registry has one audience for the same channels, in whatever order and however often they are named", () => {
  const registry = new Registry(
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const audience = registry.audience(
    toSelection(["b", "a", "b"], "named"),
    START,
  );
  assertStrictEquals(
    registry.audience(toSelection(["a", "b"], "named"), START),
    audience,
  );
  assertEquals(
    registry.audience(toSelection(["a"], "named"), START) === audience,
    false,
  );
  assertEquals(audience.selection.channels, ["a", "b"]);
});

Deno.test("Registry lets go of a channel with its last audience", () => {
  const registry = new Registry(
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const both = registry.audience(toSelection(["a", "b"], "named"), START);
  const one = registry.audience(toSelection(["a"], "named"), START);
  registry.remove(both);
  assertEquals(registry.names, ["a"]);
  assertStrictEquals(
    registry.audience(toSelection(["a"], "named"), START),
    one,
  );
  registry.remove(one);
  assertEquals(registry.names, []);
});

Deno.test("Registry holds a feed for each form in which a channel is sent, and names the channel once", () => {
  const registry = new Registry(
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const text = registry.audience(toSelection(["a"], "flat"), START);
  const json = registry.audience(toSelection(["a"], "json"), START);
  assertEquals(registry.names, ["a"]);
  assertEquals(registry.feedsOf(["a", "b"]).length, 2);
  registry.remove(text);
  assertEquals(registry.feeds("text").size, 0);
  assertEquals(registry.names, ["a"]);
  registry.remove(json);
  assertEquals(registry.names, []);
});
