import { assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { setUp, status, take } from "./set_up.ts";
import type { EventId } from "../../events/event_id.ts";

/** A hub with a stream of the channel `a` whose ring holds an event in each of two epochs. */
async function setUpEpochs() {
  const chime = setUp();
  const { hub, history } = chime;
  const first = history.beginEpoch("aaaaaa");
  await hub.append([first], first.id);
  const stays = new EventReader(chime.open(["a"]));
  await chime.publish("a", "2");
  await chime.publish("b", "3");
  const second = history.beginEpoch("bbbbbb");
  const event = history.add("a", "5");
  await hub.append([second, event], event.id);
  return { ...chime, stays };
}

Deno.test("Hub moves on at a note, and sends it to nobody", async () => {
  const chime = await setUpEpochs();
  using _hub = chime.hub;
  assertEquals(await take(chime.stays, 2), [
    { data: "2", id: "2-0.aaaaaa" },
    { data: "5", id: "5-0.bbbbbb" },
  ]);
  const note = chime.history.note("epoch");
  await chime.hub.append([note], note.id);
  assertEquals(chime.hub.position.id, "6-0.bbbbbb");
});

for (
  const [id, replayed] of [
    ["1-0.aaaaaa", 2],
    ["2-0.aaaaaa", 1],
    ["3-0.aaaaaa", 1],
    ["4-0.bbbbbb", 1],
    ["5-0.bbbbbb", 0],
  ] as const
) {
  Deno.test(`Hub serves an id from a ring where its tail had the id's epoch there: ${id}`, async () => {
    const chime = await setUpEpochs();
    using _hub = chime.hub;
    const reader = new EventReader(chime.open(["a"], after(id)));
    const events = await take(reader, replayed + 1);
    assertEquals(events.at(-1), status({ state: "resumed", replayed }));
    assertEquals(chime.history.reads, 0);
  });
}

for (
  const id of [
    "2-0.bbbbbb",
    "4-0.aaaaaa",
    "5-0.aaaaaa",
    "2-0.cccccc",
    "2-0",
    "3-1.aaaaaa",
  ] as EventId[]
) {
  Deno.test(`Hub resets a stream whose id another timeline gave out at a place that the rings hold: ${id}`, async () => {
    const chime = await setUpEpochs();
    using _hub = chime.hub;
    const reader = new EventReader(chime.open(["a"], after(id)));
    assertEquals(await take(reader, 1), [status({ state: "reset" })]);
    await chime.publish("a", "6");
    assertEquals(await take(reader, 1), [{ data: "6", id: "6-0.bbbbbb" }]);
  });
}

Deno.test("Hub resets nobody for a new epoch", async () => {
  const chime = await setUpEpochs();
  using _hub = chime.hub;
  for (const epoch of ["cccccc", "dddddd"]) {
    const note = chime.history.beginEpoch(epoch);
    await chime.hub.append([note], note.id);
    await chime.publish("a", epoch);
  }
  const events = await take(chime.stays, 4);
  assertEquals(events.map(({ data }) => data), ["2", "5", "cccccc", "dddddd"]);
});

Deno.test("Hub has an id that is ahead, of an epoch that has not come here, wait for it", async () => {
  const chime = await setUpEpochs();
  using _hub = chime.hub;
  const { hub, history } = chime;
  const records = [history.beginEpoch("cccccc"), history.add("a", "7")];
  const reader = new EventReader(chime.open(["a"], after("7-0.cccccc")));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
  await hub.append(records, history.last);
  await chime.publish("a", "8");
  assertEquals(await take(reader, 1), [{ data: "8", id: "8-0.cccccc" }]);
});

Deno.test("Hub resets a stream that waits for an id where its epoch ends before that", async () => {
  const chime = await setUpEpochs();
  using _hub = chime.hub;
  const { hub, history } = chime;
  history.add("c", "6");
  const ahead = history.add("a", "7");
  const reader = new EventReader(chime.open(["a"], after(ahead.id)));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
  // The timeline that goes on here never had it.
  history.records.splice(-2);
  const note = history.beginEpoch("cccccc");
  await hub.append([note], note.id);
  assertEquals(await take(reader, 1), [status({ state: "reset" })]);
  await chime.publish("a", "7");
  assertEquals(await take(reader, 1), [{ data: "7", id: "7-0.cccccc" }]);
});

Deno.test("Hub resets the streams whose past would be read from a timeline that is not its tail's", async () => {
  const chime = await setUpEpochs();
  using _hub = chime.hub;
  const quiet = new EventReader(chime.open(["c"]));
  const reading = take(quiet, 1);
  await chime.hub.skip("9-0.zzzzzz");
  assertEquals(await reading, [status({ state: "reset" })]);
});
