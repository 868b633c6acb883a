import { assertEquals } from "@std/assert";
import { Audience } from "../../hub/audience.ts";
import { NEW } from "../../hub/deliver_from.ts";
import { Hub } from "../../hub/hub.ts";
import { Memory } from "../../hub/memory.ts";
import { Reader } from "../../hub/reader.ts";
import { Ring } from "../../hub/ring.ts";
import { toSelection } from "../../hub/selection.ts";
import { ListHistory } from "../support/list_history.ts";
import { ALL } from "./set_up.ts";

/** A reader of the channel `a` that is live at 0-0, while its hub stands at 5-0. */
async function setUp() {
  const hub = new Hub(new ListHistory(), { last: "0-0" });
  const memory = Memory.unbounded();
  const ring = new Ring(hub.position, ALL, memory);
  const audience = new Audience(toSelection(["a"], "named"), [ring], memory);
  const reader = new Reader(hub.timeline, audience, NEW);
  reader.next();
  assertEquals(reader.next(), "park");
  await hub.append([], "5-0");
  return {
    hub,
    audience,
    reader,
    [Symbol.dispose]: () => hub[Symbol.dispose](),
  };
}

Deno.test("Reader says anew where it is, and parks as before", async () => {
  using w = await setUp();
  assertEquals(w.reader.refresh("0-0"), undefined);
  const write = w.reader.refresh("0-1");
  assertEquals(write, { count: 0, status: { state: "live" }, last: "5-0" });
  assertEquals(w.reader.next(), "park");
  assertEquals(w.reader.refresh("9-0"), undefined);
});

Deno.test("Reader says no newer place while an event waits to be written", async () => {
  using w = await setUp();
  w.audience.grow();
  assertEquals(w.reader.refresh("9-0"), undefined);
});

Deno.test("Reader says no newer place while it is not known what the tail left out", async () => {
  using w = await setUp();
  w.audience.skip("0-0");
  assertEquals(w.reader.refresh("9-0"), undefined);
});

Deno.test("Reader says no newer place before the reset that is due", async () => {
  using w = await setUp();
  await w.hub.reset("7-0");
  assertEquals(w.reader.refresh("9-0"), undefined);
});
