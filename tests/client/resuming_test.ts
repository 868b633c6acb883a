import { assert, assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { NEWS, Source, world } from "./world.ts";

/** A storage of one page. */
function storage() {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  };
}

Deno.test("ChimeSource resumes after its last whole event", async () => {
  using w = world();
  await w.open("id: 1-0\ndata: a\n\nid: 2-0\ndata: b\n");
  await w.lose();
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  // An event without an id, and one that is none, keep it and move it.
  await w.open("data: c\n\n");
  await w.lose();
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  await w.open("id: 3-0\n\n");
  await w.lose();
  assertEquals(w.fetched.last.headers.get("last-event-id"), "3-0");
});

Deno.test("ChimeSource that is cut between two events that came together resumes between them", async () => {
  using w = world();
  w.source.onmessage = ({ data }) => {
    if (data === "a") dispatchEvent(new Event("online"));
  };
  await w.open("id: 1-0\ndata: a\n\nid: 2-0\ndata: b\n\n");
  assertEquals(w.take().filter((text) => text.includes("#")), [
    "news#message: a",
  ]);
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
});

Deno.test("ChimeSource that is cut before its first event resumes after the status that said where it is", async () => {
  using w = world();
  await w.open('event: status\ndata: {"state":"live"}\nid: 7-0.abcdef\n\n');
  await w.lose();
  assertEquals(w.fetched.last.headers.get("last-event-id"), "7-0.abcdef");
});

for (const id of ["ключ", "a\tb", " a", "a ", "é", "\u{7f}"]) {
  Deno.test(`The id ${JSON.stringify(id)}, which no header can carry as it is, does not stop ChimeSource`, async () => {
    using w = world();
    // The parser strips one space.
    await w.open(`id: ${id}\ndata: a\n\n`);
    await w.lose();
    const url = new URL(w.fetched.last.url);
    assertEquals(url.searchParams.get("lastEventId"), id);
    assertEquals(w.fetched.last.headers.get("last-event-id"), null);
  });
}

Deno.test("ChimeSource begins where it is told, until it has an id", async () => {
  using w = world({ since: "5m" }, `${NEWS}?latest=3&tz=UTC`);
  await w.settle();
  assertEquals(
    w.fetched.last.url,
    `${NEWS}?latest=3&tz=UTC&heartbeat=8s&since=5m`,
  );
  await w.lose();
  assertEquals(
    w.fetched.last.url,
    `${NEWS}?latest=3&tz=UTC&heartbeat=8s&since=5m`,
  );
  await w.open("id: 1-0\ndata: a\n\n");
  await w.lose();
  assertEquals(w.fetched.last.url, `${NEWS}?tz=UTC&heartbeat=8s`);
});

Deno.test("ChimeSource resumes over a reload where it has a storage", async () => {
  const kept = storage();
  using w = world({ storage: kept, since: "earliest" });
  await w.open("id: 1-0\ndata: a\n\nid: 2-0\ndata: b\n\n");
  w.source.close();
  assertEquals([...kept.map], [[`chime:${NEWS}`, "2-0"]]);
  const next = new Source(NEWS, { storage: kept, since: "earliest" });
  const other = new Source(`${NEWS},chat`, { storage: kept });
  await w.settle();
  const [, again, apart] = w.fetched.all;
  assertEquals(again!.headers.get("last-event-id"), "2-0");
  assert(!again!.url.includes("since"));
  assertEquals(apart!.headers.get("last-event-id"), null);
  next.close();
  other.close();
});

Deno.test("ChimeSource stores the id after the listeners had the event", async () => {
  const kept = storage();
  using w = world({ storage: kept });
  const seen: unknown[] = [];
  w.source.onmessage = () => seen.push(kept.map.size);
  await w.open("id: 1-0\ndata: a\n\n");
  assertEquals(seen, [0]);
  assertEquals(kept.map.size, 1);
});

Deno.test("ChimeSource that a listener closes stores the id of the event at which it did", async () => {
  const kept = storage();
  using w = world({ storage: kept });
  w.source.onmessage = ({ data }) => {
    if (data === "b") w.source.close();
  };
  await w.open("id: 1-0\ndata: a\n\nid: 2-0\ndata: b\n\nid: 3-0\ndata: c\n\n");
  assertEquals([...kept.map.values()], ["2-0"]);
});

Deno.test("What waits for a loop is not stored before the loop had it", async () => {
  const kept = storage();
  using w = world({ storage: kept });
  const reading = w.source[Symbol.asyncIterator]();
  const first = reading.next();
  await w.open("id: 1-0\ndata: a\n\nid: 2-0\ndata: b\n\n");
  await first;
  assertEquals([...kept.map.values()], []);
  await reading.next();
  assertEquals([...kept.map.values()], ["1-0"]);
  const last = reading.next();
  await w.settle();
  assertEquals([...kept.map.values()], ["2-0"]);
  w.source.close();
  await last;
});

Deno.test("A storage that is full costs no event, and is said once", async () => {
  using w = world({
    storage: {
      getItem: () => null,
      setItem() {
        throw new DOMException("full", "QuotaExceededError");
      },
    },
  });
  using warned = stub(console, "warn", () => {});
  await w.open("id: 1-0\ndata: a\n\n");
  w.fetched.last.send("id: 2-0\ndata: b\n\n");
  await w.settle();
  assertEquals(w.take(), ["open", "news#message: a", "news#message: b"]);
  assertEquals(warned.calls.length, 1);
});

Deno.test("ChimeSource connects with a new ticket each time", async () => {
  let count = 0;
  using w = world({ ticket: () => Promise.resolve(`t${++count}`) });
  await w.open();
  await w.lose();
  await w.open();
  assertEquals(w.fetched.all.map(({ url }) => url), [
    `${NEWS}?heartbeat=8s&ticket=t1`,
    `${NEWS}?heartbeat=8s&ticket=t2`,
  ]);
  assertEquals(w.source.url, NEWS);
});

for (const status of [401, 403]) {
  Deno.test(`ChimeSource asks once more at once, with a new ticket, after a ${status}`, async () => {
    let count = 0;
    using w = world({ ticket: () => Promise.resolve(`t${++count}`) });
    for (let i = 0; i < 2; i++) {
      await w.settle();
      w.fetched.last.problem(status);
      await w.settle();
      assertEquals(w.take(), []);
      await w.open();
      assertEquals(w.take(), ["open"]);
      await w.lose();
      w.take();
    }
    // Not a second time in a row.
    w.fetched.last.problem(status);
    await w.settle();
    w.fetched.last.problem(status);
    await w.settle();
    assertEquals(w.take(), [`error 2 ${status} no`]);
    assertEquals(count, 6);
  });
}

Deno.test("A ticket that does not come is asked for again", async () => {
  let count = 0;
  using w = world({
    ticket: () => ++count === 1 ? new Promise(() => {}) : Promise.resolve("t"),
  });
  await w.time.tickAsync(5_000);
  assertEquals(w.fetched.all.length, 1);
});
