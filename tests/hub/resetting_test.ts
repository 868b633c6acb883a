import { assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { NEW } from "../../hub/deliver_from.ts";
import { type ReadAnswer, UnreadableError } from "../../journal/history.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { begun, setUp, status, take } from "./set_up.ts";

for (
  const [what, start] of [
    ["is none", { kind: "unknown", afterReset: NEW }],
    ["is older than what is kept", after("1-0")],
    ["was never given out", after("99-0")],
  ] as const
) {
  Deno.test(`Hub resets a stream whose id ${what}, and goes on with what comes`, async () => {
    using chime = setUp();
    for (const data of ["1", "2", "3"]) await chime.publish("a", data);
    chime.history.forgotten = "2-0";
    const reader = new EventReader(chime.open(["a"], start));
    assertEquals(await take(reader, 1), [status({ state: "reset" })]);
    await chime.publish("a", "4");
    assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
  });
}

Deno.test("Hub replays everything that is kept after the reset of a stream that began at a moment", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  chime.history.forgotten = "1-0";
  const reader = new EventReader(
    chime.open(["a"], { kind: "since", ms: 0 }),
  );
  assertEquals(await take(reader, 3), [
    status({ state: "reset" }),
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
  ]);
  await chime.publish("a", "4");
  assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
});

Deno.test("Hub resets every stream when the timeline ends, and goes on with the next one", async () => {
  using chime = setUp();
  const parked = new EventReader(chime.open(["a"]));
  const unread = chime.open(["a"]);
  await chime.publish("a", "1");
  await take(parked, 1);
  await chime.hub.reset("0-5");
  await chime.hub.append([{ channel: "a", data: "new", id: "0-6" }], "0-6");
  for (const reader of [parked, new EventReader(unread)]) {
    assertEquals(await take(reader, 2), [
      status({ state: "reset" }),
      { data: "new", id: "0-6" },
    ]);
  }
});

for (
  const [what, start] of [
    ["resumes", after("1-0")],
    ["asks for the newest", { kind: "latest", count: 1 }],
    [
      "resumes and asks for the newest",
      after("1-0", { kind: "latest", count: 1 }),
    ],
    ["asks for all", { kind: "earliest", afterReset: NEW }],
    ["asks for all since a moment", { kind: "since", ms: 1 }],
  ] as const
) {
  Deno.test(`Hub resets a stream that ${what}, once, where the history cannot be read, and no other`, async () => {
    using chime = setUp();
    for (const data of ["1", "2", "3"]) await chime.publish("a", data);
    const other = new EventReader(chime.open(["a"]));
    const { history } = chime;
    const fail = () => Promise.reject<never>(new UnreadableError("damaged"));
    Object.assign(history, { read: fail, latest: fail });
    const reader = new EventReader(chime.open(["a"], start));
    assertEquals(await take(reader, 1), [status({ state: "reset" })]);
    await chime.publish("a", "4");
    for (const each of [reader, other]) {
      assertEquals(await take(each, 1), [{ data: "4", id: "4-0" }]);
    }
  });
}

Deno.test("Hub resets a parked stream at once when the timeline ends", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["a"]));
  const told = take(reader, 1);
  await chime.hub.append([], "0-0");
  await chime.hub.reset("0-5");
  assertEquals(await told, [status({ state: "reset" })]);
});

Deno.test("Hub resets a stream that falls out while it resumes, where nothing has what it missed", async () => {
  using chime = setUp({ maxFrames: 3, maxBytes: 1_000_000 });
  await using _stays = new EventReader(chime.open(["a"]));
  const publish = () => chime.publish("a", "x".repeat(40_000));
  for (let i = 0; i < 3; i++) await publish();
  const reader = await begun(chime.open(["a"], after("0-0")));
  const decoder = new TextDecoder();
  assertMatch(decoder.decode((await reader.read()).value), /^id: 1-0$/m);
  for (let i = 0; i < 5; i++) await publish();
  chime.history.forgotten = chime.history.last;
  const { value } = await reader.read();
  assertEquals(
    decoder.decode(value),
    'event: status\ndata: {"state":"reset"}\nid: 8-0\n\n',
  );
  await reader.cancel();
});

Deno.test("Hub replays everything that is kept after the first reset only", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  chime.history.forgotten = "1-0";
  const from = { kind: "since", ms: 0 } as const;
  const reader = new EventReader(chime.open(["a"], from));
  await take(reader, 3);
  await chime.hub.reset("0-5");
  await chime.hub.append([{ channel: "a", data: "new", id: "0-6" }], "0-6");
  assertEquals(await take(reader, 2), [
    status({ state: "reset" }),
    { data: "new", id: "0-6" },
  ]);
});

for (
  const [what, answer] of [
    ["found", { kind: "found", records: [], isComplete: true }],
    ["found to be gone", { kind: "gone", floor: "1-0" }],
    ["unknown", { kind: "unknown" }],
  ] as const
) {
  Deno.test(`Hub resets a stream whose events of the old timeline are ${what} after that has ended, and gives it all of the new one`, async () => {
    using chime = setUp();
    await chime.publish("a", "1");
    const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
    const { read } = chime.history;
    chime.history.read = () => promise;
    const reader = new EventReader(chime.open(["a"], after("0-0")));
    const events = take(reader, 2);
    await delay(0);
    await chime.hub.reset("0-5");
    await chime.hub.append([{ channel: "a", data: "new", id: "0-6" }], "0-6");
    chime.history.read = read;
    resolve(answer);
    assertEquals(await events, [
      status({ state: "reset" }),
      { data: "new", id: "0-6" },
    ]);
  });
}

Deno.test("Hub replays an event of the new timeline, though the old one had its id", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.open(["b"]));
  const first = async () => {
    await using reader = new EventReader(chime.open(["a"], after("0-0")));
    return (await take(reader, 1))[0]!.data;
  };
  await chime.publish("a", "old");
  assertEquals(await first(), "old");
  await chime.hub.reset("0-0");
  chime.history.events[0]!.data = "new";
  await chime.hub.append([], "1-0");
  assertEquals(await first(), "new");
});
