import { assertEquals } from "@std/assert";
import type { StatusEvent } from "../../client/client.d.ts";
import { UNKNOWN } from "../islands/unknown_statuses.ts";
import { NEWS, world } from "./world.ts";

/** A source that was told of a status, and the event that it made of it. */
async function told(data: string): Promise<StatusEvent | undefined> {
  using w = world();
  let status: StatusEvent | undefined;
  w.source.addEventListener("status", (event) => status = event);
  await w.open(`event: status\ndata: ${data}\n\n`);
  return status;
}

for (
  const status of [
    { state: "live" },
    { state: "resumed", replayed: 7 },
    { state: "reset" },
    { state: "lagged", missed: 120 },
    { state: "expired" },
    { state: "ended", channel: "news" },
  ]
) {
  Deno.test(`ChimeSource tells "${status.state}" as the server says it`, async () => {
    const data = JSON.stringify(status);
    const event = (await told(data))!;
    assertEquals(event.data, data);
    for (const [key, value] of Object.entries(status)) {
      assertEquals(event[key as keyof StatusEvent], value);
    }
  });
}

for (const reason of ["draining", "overloaded"]) {
  Deno.test(`ChimeSource says "${reason}" as the reason why it reconnects, once`, async () => {
    using w = world();
    await w.open(`event: status\ndata: {"state":"${reason}"}\n\n`);
    assertEquals(w.take(), ["open"]);
    await w.lose(() => w.fetched.last.end());
    await w.lose();
    assertEquals(w.take(), [
      ...["error 0", `status reconnecting ${reason}`],
      ...["error 0", "status reconnecting"],
    ]);
  });
}

Deno.test("ChimeSource says when it tries again", async () => {
  using w = world();
  const waits: unknown[] = [];
  w.source.addEventListener("status", ({ waitMs, data }) => {
    waits.push(waitMs, JSON.parse(data));
  });
  await w.open("retry: 4000\n");
  await w.lose();
  assertEquals(waits, [5_000, { state: "reconnecting", waitMs: 5_000 }]);
  await w.open();
  dispatchEvent(new Event("online"));
  await w.settle();
  assertEquals(waits[2], 0);
});

Deno.test("ChimeSource says where there is no network", async () => {
  using w = world();
  await w.open();
  Object.defineProperty(navigator, "onLine", {
    value: false,
    configurable: true,
  });
  await w.lose();
  Reflect.deleteProperty(navigator, "onLine");
  assertEquals(w.take(), ["open", "error 0", "status offline"]);
  // It tries all the same: browsers are not always right.
  assertEquals(w.fetched.all.length, 2);
});

Deno.test("ChimeSource passes events on that only have the type of a status", async () => {
  for (const data of UNKNOWN.filter((data) => !data.includes("state"))) {
    using w = world();
    const seen: unknown[] = [];
    w.source.addEventListener(
      "status",
      (event) => seen.push(event.state, event.channel, event.data),
    );
    await w.open(`event: status\ndata: ${data}\n\ndata: next\n\n`);
    assertEquals(seen, [undefined, "news", data]);
    assertEquals(w.take().at(-1), "news#message: next");
  }
});

Deno.test("A status of a stream of several channels is none of a channel's events", async () => {
  using w = world({ channels: ["a", "b"] }, NEWS.replace("news", ""));
  await w.open('event: status\ndata: {"state":"reset"}\n\n');
  assertEquals(w.take(), ["open", "status reset"]);
});
