import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { StreamConnection } from "../islands/connection.ts";
import { followPage } from "../islands/page_life.ts";

/** A page that comes and goes as the test says, and what became of its stream. */
function world() {
  const time = new FakeTime();
  const fake = Object.assign(new EventTarget(), { hidden: false });
  Object.assign(globalThis, { document: fake });
  const calls: string[] = [];
  const stream = {
    open: () => calls.push("open"),
    close: () => calls.push("close"),
    reopen: () => calls.push("reopen"),
  };
  followPage(stream as unknown as StreamConnection);
  return {
    time,
    calls,
    show(isShown: boolean) {
      fake.hidden = !isShown;
      fake.dispatchEvent(new Event("visibilitychange"));
    },
    [Symbol.dispose]() {
      Reflect.deleteProperty(globalThis, "document");
      time[Symbol.dispose]();
    },
  };
}

Deno.test("followPage closes the stream of a page that is long out of sight, and opens it again", () => {
  using w = world();
  w.show(false);
  w.time.tick(19_999);
  assertEquals(w.calls, ["open"]);
  w.time.tick(1);
  assertEquals(w.calls, ["open", "close"]);
  w.show(true);
  assertEquals(w.calls, ["open", "close", "reopen"]);
});

Deno.test("followPage does not mind a glance elsewhere", () => {
  using w = world();
  w.show(false);
  w.time.tick(10_000);
  w.show(true);
  w.time.tick(60_000);
  assertEquals(w.calls, ["open"]);
});
