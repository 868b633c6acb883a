import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { covers, type Pattern } from "../../events/pattern.ts";
import { ChannelMap } from "../../hub/channel_map.ts";
import { closeName, closePattern } from "../events/arbitrary_patterns.ts";

Deno.test("ChannelMap finds the values of a name and of the patterns that cover it, whatever was set and deleted", () => {
  const act = fc.tuple(fc.constantFrom("set", "set", "delete"), closePattern);
  fc.assert(fc.property(fc.array(act), closeName, (acts, name) => {
    const map = new ChannelMap<Pattern>();
    const keys = new Set<Pattern>();
    for (const [what, key] of acts) {
      if (what === "set") {
        map.set(key, key);
        keys.add(key);
      } else {
        map.delete(key);
        keys.delete(key);
      }
    }
    const wanted = [...keys].filter((key) => covers(key, name));
    assertEquals([...map.about(name)].sort(), wanted.sort());
    assertEquals([...map.keys()].sort(), [...keys].sort());
    assertEquals(map.size, keys.size);
  }));
});
