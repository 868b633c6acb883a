import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import type { StreamConnection } from "../../../islands/page/connection.ts";
import { followPage } from "../../../islands/page/page_life.ts";

/** A page that comes and goes as the test says, and what became of its stream. */
function world(hidden = false) {
  const time = new FakeTime();
  const page = Object.assign(new EventTarget(), { hidden });
  const listeners: [string, EventListener][] = [];
  using _ = stub(
    globalThis,
    "addEventListener",
    ((type: string, listener: EventListener) => {
      listeners.push([type, listener]);
    }) as typeof addEventListener,
  );
  Object.assign(globalThis, { document: page });
  const calls: string[] = [];
  const stream = {
    open: () => calls.push("open"),
    close: () => calls.push("close"),
    reopen: () => calls.push("reopen"),
    refresh: () => calls.push("refresh"),
    comeBack: () => calls.push("come back"),
  };
  followPage(stream as unknown as StreamConnection);
  return {
    time,
    /** The calls of the stream since the last call of this. */
    calls: () => calls.splice(0),
    show(isShown: boolean) {
      page.hidden = !isShown;
      page.dispatchEvent(new Event("visibilitychange"));
    },
    /** What happens to the window. */
    happens(type: string, fields = {}) {
      const event = Object.assign(new Event(type), fields);
      for (const [heard, listener] of listeners) {
        if (heard === type) listener(event);
      }
    },
    [Symbol.dispose]() {
      Reflect.deleteProperty(globalThis, "document");
      time[Symbol.dispose]();
    },
  };
}

Deno.test("followPage closes the stream of a page that is long out of sight, and opens it again", () => {
  using w = world();
  assertEquals(w.calls(), ["open"]);
  w.show(false);
  w.time.tick(19_999);
  assertEquals(w.calls(), []);
  w.time.tick(1);
  assertEquals(w.calls(), ["close"]);
  w.show(true);
  assertEquals(w.calls(), ["reopen"]);
});

Deno.test("followPage has the stream looked at after a glance elsewhere, and keeps it", () => {
  using w = world();
  w.calls();
  w.show(false);
  w.time.tick(10_000);
  w.show(true);
  w.time.tick(60_000);
  assertEquals(w.calls(), ["refresh"]);
});

Deno.test("followPage opens no stream in a tab that is opened in the background, until it is shown", () => {
  using w = world(true);
  w.happens("pageshow", { persisted: false });
  w.happens("online");
  w.time.tick(60_000);
  assertEquals(w.calls(), []);
  w.show(true);
  assertEquals(w.calls(), ["reopen"]);
});

Deno.test("followPage closes the stream of a page that is left, and opens it where the page comes back", () => {
  using w = world();
  w.happens("pageshow", { persisted: false });
  assertEquals(w.calls(), ["open"]);
  w.happens("pagehide", { persisted: true });
  assertEquals(w.calls(), ["close"]);
  w.happens("online");
  assertEquals(w.calls(), []);
  w.happens("pageshow", { persisted: true });
  assertEquals(w.calls(), ["reopen"]);
});

Deno.test("followPage has the stream come back when the network returns", () => {
  using w = world();
  w.calls();
  w.happens("online");
  assertEquals(w.calls(), ["come back"]);
});

Deno.test("followPage has the stream looked at after a glance elsewhere, also once the page was long out of sight", () => {
  using w = world();
  w.show(false);
  w.time.tick(20_000);
  w.show(true);
  w.calls();
  w.show(false);
  w.time.tick(1_000);
  w.show(true);
  assertEquals(w.calls(), ["refresh"]);
});

Deno.test("followPage keeps the stream of a page that is shown, though it was hidden twice in a row", () => {
  using w = world();
  w.calls();
  w.show(false);
  w.time.tick(1_000);
  w.show(false);
  w.show(true);
  w.time.tick(60_000);
  assertEquals(w.calls(), ["refresh"]);
});
