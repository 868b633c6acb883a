import { assertEquals } from "@std/assert";
import type { EventEncoder } from "../../hub/event_encoder.ts";
import { Memory } from "../../hub/memory.ts";
import { PartEncoder } from "../../hub/part_encoder.ts";
import { Registry } from "../../hub/registry.ts";
import { toSelection } from "../../hub/selection.ts";

const START = { ordinal: 0, id: "0-0" } as const;
const PART = [
  { channel: "a.x", data: "1", id: "1-0" },
  { note: "n", channel: "a.x", id: "2-0" },
  { channel: "b", data: "3", id: "3-0" },
] as const;

Deno.test("PartEncoder encodes what streams carry, in the forms in which they get it, and nothing else", async () => {
  const registry = new Registry(
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const calls: string[] = [];
  const encoder = {
    encode({ id }: { id: string }, form: string) {
      calls.push(`${form} ${id}`);
      return Promise.resolve(new Uint8Array());
    },
  };
  const parts = new PartEncoder(registry, encoder as unknown as EventEncoder);
  const encode = async () => {
    calls.length = 0;
    const { text, json } = await parts.encode(PART);
    const there = [text, json].map((form) => form.map(Boolean));
    return [[...calls].sort(), ...there];
  };
  assertEquals(await encode(), [[], [], []]);
  registry.audience(toSelection(["b", "c"], "named"), START);
  assertEquals(await encode(), [["text 3-0"], [false, false, true], []]);
  registry.audience(toSelection(["a.*"], "json"), START);
  assertEquals(await encode(), [
    ["json 1-0", "text 3-0"],
    [false, false, true],
    [true, false, false],
  ]);
});
