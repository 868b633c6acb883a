import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";
import { NEW } from "../../hub/deliver_from.ts";
import { Hub } from "../../hub/hub.ts";
import { UnavailableError } from "../../journal/history.ts";
import { ListHistory } from "../support/list_history.ts";
import { EventReader } from "../support/event_reader.ts";
import { after, openStream } from "../support/open_stream.ts";
import { begun, idsOf, setUp, status, take } from "./set_up.ts";

Deno.test("Hub replays from the ring what came after the id, says so, and goes on", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.open(["a"]));
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  const [first, ...rest] = await reader.take(3);
  await chime.publish("a", "4");
  assertEquals(first!.data, "2");
  assert(first!.retry);
  assertEquals(rest, [
    { data: "3", id: "3-0" },
    { ...status({ state: "resumed", replayed: 2 }), id: "3-0" },
  ]);
  assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
  assertEquals(chime.history.reads, 0);
});

Deno.test("Hub replays from the history what no ring holds, several readings long", async () => {
  using chime = setUp();
  for (let i = 1; i <= 1_201; i++) await chime.publish("a", `${i}`);
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  const replayed = await take(reader, 1_200);
  assertEquals(
    replayed.map(({ data }) => data),
    Array.from({ length: 1_200 }, (_, i) => `${i + 2}`),
  );
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 1_200 }),
  ]);
});

Deno.test("Hub replays large events a few at a time", async () => {
  using chime = setUp();
  const data = "x".repeat(30_000);
  for (let i = 0; i < 50; i++) await chime.publish("a", data);
  const reader = await begun(chime.open(["a"], after("0-0")));
  let received = 0;
  while (received < 50) {
    const { value } = await reader.read();
    assertLess(value!.length, 100_000);
    received += new TextDecoder().decode(value).match(/^id:/gm)!.length;
  }
});

Deno.test("Hub says to a reader that missed nothing that it resumed", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
});

Deno.test("Hub waits until it has come as far as an id that is ahead, and repeats nothing", async () => {
  using chime = setUp();
  // Elsewhere the timeline has come to 3-0 already.
  const events = ["1", "2", "3"].map((data) => chime.history.add("a", data));
  const reader = new EventReader(chime.open(["a"], after("2-0")));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
  for (const event of events) await chime.hub.append([event], event.id);
  assertEquals(await take(reader, 1), [{ data: "3", id: "3-0" }]);
  assertEquals(chime.history.reads, 1);
});

Deno.test("Hub replays everything that is kept, if asked to", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  chime.history.forgotten = "1-0";
  const reader = new EventReader(
    chime.open(["a"], { kind: "earliest", afterReset: NEW }),
  );
  assertEquals(await take(reader, 3), [
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
});

Deno.test("Hub claims nothing about the time before it knew where the timeline stands", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) chime.history.add("a", data);
  const early = new EventReader(chime.open(["a"]));
  await chime.hub.begin("3-0");
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  assertEquals(await take(reader, 3), [
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
  await chime.publish("a", "4");
  assertEquals(await take(early, 1), [{ data: "4", id: "4-0" }]);
});

Deno.test("Hub has streams that resume wait until it knows where the timeline stands", async () => {
  const history = new ListHistory();
  for (const data of ["1", "2", "3"]) history.add("a", data);
  using hub = new Hub(history);
  const reader = new EventReader(openStream(hub, ["a"], after("1-0")));
  const events = take(reader, 3);
  await hub.append([], "0-0");
  await hub.begin("3-0");
  assertEquals(await events, [
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
});

Deno.test("Hub has a stream wait while the history is out of reach, and then replays", async () => {
  using chime = setUp();
  for (const data of ["1", "2"]) await chime.publish("a", data);
  const { read } = chime.history;
  chime.history.read = () => Promise.reject(new UnavailableError("away"));
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  const events = take(reader, 2);
  await chime.hub.append([], chime.history.last);
  chime.history.read = read;
  await chime.hub.append([], chime.history.last);
  assertEquals(await events, [
    { data: "2", id: "2-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
});

Deno.test("Hub encodes what is replayed once for all that come for it", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const chunks = [];
  for (let i = 0; i < 2; i++) {
    const reader = chime.open(["a"], after("0-0")).getReader();
    const { value } = await reader.read();
    chunks.push(new TextDecoder().decode(value).replace(/retry.*/, ""));
    await reader.cancel();
    // Were it encoded anew, it would say something else.
    chime.history.events[0]!.data = "changed";
  }
  assertEquals(chunks[0], chunks[1]);
});

Deno.test("Hub says that a stream resumed only after the last of several writes", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.open(["a"]));
  for (const _ of "12345") await chime.publish("a", "x".repeat(30_000));
  const reader = new EventReader(chime.open(["a"], after("0-0")));
  const events = await reader.take(6);
  assertEquals(
    events.map(({ event, id }) => event ?? id),
    ["1-0", "2-0", "3-0", "4-0", "5-0", "status"],
  );
});

Deno.test("Hub says to a reader whose channels had nothing meanwhile that it resumed", async () => {
  using chime = setUp();
  for (const name of ["a", "b", "b"]) await chime.publish(name, "");
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
  await chime.publish("a", "4");
  assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
});

Deno.test("Hub replays for a stream that waited as soon as it knows where the timeline stands", async () => {
  using chime = setUp();
  for (const data of ["1", "2"]) chime.history.add("a", data);
  const { read } = chime.history;
  chime.history.read = () => Promise.reject(new UnavailableError("away"));
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  const events = take(reader, 2);
  await delay(0);
  chime.history.read = read;
  await chime.hub.begin("2-0");
  assertEquals(await events, [
    { data: "2", id: "2-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
});

Deno.test("Hub says that a stream resumed which begins at a moment after the last event", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const from = { kind: "since", ms: 5 } as const;
  const reader = new EventReader(chime.open(["a"], from));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
});

Deno.test("Hub asks again for a stream that waits after each comment, though nothing comes", async () => {
  using time = new FakeTime();
  using chime = setUp();
  for (const data of ["1", "2"]) await chime.publish("a", data);
  const { read } = chime.history;
  chime.history.read = () => Promise.reject(new UnavailableError("away"));
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  const events = take(reader, 2);
  await time.tickAsync(1_000);
  chime.history.read = read;
  await time.tickAsync(15_000);
  assertEquals(await events, [
    { comment: "", data: "2", id: "2-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
});

Deno.test("Hub replays from the history where a ring loses what comes next for a stream that resumes, and repeats nothing", async () => {
  using chime = setUp({ maxFrames: 3, maxBytes: 1_000_000 });
  await using _stays = new EventReader(chime.open(["a"]));
  // So large that each has a write of its own.
  const publish = () => chime.publish("a", "x".repeat(40_000));
  for (let i = 0; i < 3; i++) await publish();
  const reader = chime.open(["a"], after("0-0")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("id: 1-0")) {
    text += decoder.decode((await reader.read()).value);
  }
  for (let i = 0; i < 5; i++) await publish();
  while (!text.includes("status")) {
    text += decoder.decode((await reader.read()).value);
  }
  assertEquals(
    idsOf(text),
    ["1-0", "2-0", "3-0", "4-0", "5-0", "6-0", "7-0", "8-0"],
  );
  assertMatch(text, /"replayed":8/);
  await reader.cancel();
});

Deno.test("Hub reads few events first, then more, but never more than 256 at once", async () => {
  using chime = setUp();
  for (let i = 1; i <= 2_000; i++) await chime.publish("a", "");
  const limits: number[] = [];
  const { read } = chime.history;
  chime.history.read = (query, limit) => {
    limits.push(limit.maxEvents);
    return read.call(chime.history, query, limit);
  };
  const reader = new EventReader(chime.open(["a"], after("0-0")));
  await reader.take(2_001);
  assertEquals(limits.slice(0, 5), [32, 64, 128, 256, 256]);
  assertEquals(Math.max(...limits), 256);
});

for (
  const [what, from] of [["all", "earliest"], ["a moment", "since"]] as const
) {
  Deno.test(`Hub replays ${what}, though one channel goes back less far than another, and the parts end before its floor`, async () => {
    using chime = setUp();
    for (let i = 1; i <= 300; i++) {
      await chime.publish(i <= 280 ? "a" : "b", `${i}`);
    }
    chime.history.floors.set("b", "290-0");
    const reader = new EventReader(chime.open(
      ["a", "b"],
      from === "since"
        ? { kind: "since", ms: 1 }
        : { kind: "earliest", afterReset: NEW },
    ));
    const expected = [
      ...Array.from({ length: 280 }, (_, i) => `${i + 1}`),
      ...Array.from({ length: 10 }, (_, i) => `${i + 291}`),
    ];
    const told = from === "since"
      ? ['{"state":"reset"}', ...expected]
      : [...expected, '{"state":"resumed","replayed":290}'];
    const events = await reader.take(291);
    assertEquals(events.map(({ data }) => data), told);
    await chime.publish("a", "301");
    assertEquals((await reader.take(1))[0]!.data, "301");
  });
}

Deno.test("Hub resets a stream whose channel has lost events after its id, and no stream of other channels", async () => {
  using chime = setUp();
  for (let i = 1; i <= 6; i++) await chime.publish(i % 2 ? "a" : "b", `${i}`);
  chime.history.floors.set("a", "3-0");
  for (
    const [channels, state] of [
      [["a"], "reset"],
      [["a", "b"], "reset"],
      [["b"], "resumed"],
    ] as const
  ) {
    const reader = new EventReader(chime.open(channels, after("2-0")));
    const text = JSON.stringify(await reader.take(state === "reset" ? 1 : 3));
    assertMatch(text, new RegExp(state));
  }
});

Deno.test("Hub asks the history from which event on a moment is, whatever the ids say", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.open(["a"]));
  for (const data of ["1", "2"]) await chime.publish("a", data);
  const { read } = chime.history;
  chime.history.read = (query, limits) =>
    read.call(chime.history, {
      ...query,
      from: query.from.kind === "since" ? { kind: "since", ms: 2 } : query.from,
    }, limits);
  const from = { kind: "since", ms: 2_000 } as const;
  const reader = new EventReader(chime.open(["a"], from));
  assertEquals(await take(reader, 2), [
    { data: "2", id: "2-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
});

Deno.test("Hub passes over the notes of a replay, and counts none of them", async () => {
  using chime = setUp();
  const { history, hub } = chime;
  for (let i = 1; i <= 40; i++) {
    // The first part consists of notes alone.
    if (i <= 32) history.note("ended", "a");
    else history.add("a", `${i}`);
  }
  await hub.append([], history.last);
  const reader = new EventReader(chime.open(["a"], after("0-0")));
  const events = await take(reader, 9);
  assertEquals(events[0], { data: "33", id: "33-0" });
  assertEquals(events[8], status({ state: "resumed", replayed: 8 }));
});

Deno.test("Hub has eight readings at once, and every stream gets its events", async () => {
  using chime = setUp();
  for (let i = 0; i < 100; i++) await chime.publish(`c${i}`, "1");
  const { read } = chime.history;
  let now = 0;
  let most = 0;
  chime.history.read = async (...args) => {
    most = Math.max(most, ++now);
    await delay(0);
    now--;
    return read.apply(chime.history, args);
  };
  const readers = Array.from(
    { length: 100 },
    (_, i) => new EventReader(chime.open([`c${i}`], after("0-0"))),
  );
  for (const reader of readers) {
    assertEquals(
      (await reader.take(2)).at(-1)!.data,
      '{"state":"resumed","replayed":1}',
    );
  }
  assertEquals(most, 8);
});
