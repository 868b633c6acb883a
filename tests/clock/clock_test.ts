import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { Clock } from "../../clock/clock.ts";
import type { EventId } from "../../events/event_id.ts";
import { type DeliverFrom, NEW } from "../../hub/deliver_from.ts";
import { StreamSink } from "../../routes/stream_sink.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { countFormats } from "./count_formats.ts";
import { CapturedLog } from "../support/captured_log.ts";

const START = Date.parse("2026-11-22T05:30:20.400Z");

/** A clock under fake time, and clients that note what they hear and when. */
function setUp(start = START) {
  const time = new FakeTime(start);
  const clock = new Clock();
  const reading: Promise<void>[] = [];
  const open = (zone: string, from: DeliverFrom = NEW) => {
    const sink = new StreamSink();
    clock.open(zone, from, sink);
    return sink.body;
  };
  return {
    clock,
    time,
    open,
    /** Notes each event's data and, when it was not at the moment of the tick, how late it was in ms. */
    listen(zone = "UTC", from?: DeliverFrom) {
      const heard: string[] = [];
      const stream = open(zone, from);
      reading.push((async () => {
        const decoder = new TextDecoder();
        for await (const chunk of stream) {
          for (const block of decoder.decode(chunk).split("\n\n")) {
            const data = /^data: (?:The current time is )?(.*)$/m.exec(block);
            if (data) heard.push(data[1]!.replace(/^\d{4}-\d\d-\d\d /, ""));
          }
        }
      })());
      return heard;
    },
    async [Symbol.asyncDispose]() {
      clock[Symbol.dispose]();
      await Promise.all(reading);
      time[Symbol.dispose]();
    },
  };
}

function idBack(seconds: number, from = START): EventId {
  return `${(Math.floor(from / 1000) - seconds) * 1000}-0`;
}

Deno.test("Clock sends the current second at once, then each at its moment", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  assertEquals(heard, ["05:30:20"]);
  await set.time.tickAsync(599);
  assertEquals(heard.length, 1);
  await set.time.tickAsync(1);
  assertEquals(heard, ["05:30:20", "05:30:21"]);
  await set.time.tickAsync(1_000);
  assertEquals(heard, ["05:30:20", "05:30:21", "05:30:22"]);
});

Deno.test("Clock gives a tick its second as id", async () => {
  await using set = setUp();
  const reader = set.open("UTC").getReader();
  await reader.read();
  const { value } = await reader.read();
  const id = /^id: (.*)$/m.exec(new TextDecoder().decode(value))![1];
  assertEquals(id, "1795325420000-0");
  await reader.cancel();
});

Deno.test("Clock does not drift: a late timer delays no later tick", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  // The event loop is blocked over the tick of 21: its timer fires 300 ms late.
  set.time.jump(900);
  await set.time.tickAsync(0);
  assertEquals(heard, ["05:30:20", "05:30:21"]);
  await set.time.tickAsync(699);
  assertEquals(heard.length, 2);
  await set.time.tickAsync(1);
  assertEquals(heard.at(-1), "05:30:22");
});

Deno.test("Clock makes up for seconds that the event loop slept through, in order, once", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  set.time.jump(4_700);
  await set.time.tickAsync(1_000);
  assertEquals(heard, [
    "05:30:20",
    "05:30:21",
    "05:30:22",
    "05:30:23",
    "05:30:24",
    "05:30:25",
    "05:30:26",
  ]);
});

Deno.test("Clock makes up for more seconds than it holds, too", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  set.time.jump(300_000);
  await set.time.tickAsync(1_000);
  assertEquals(heard.length, 302);
  assertEquals(new Set(heard).size, 302);
});

Deno.test("Clock jumps where the system's clock is set forward, without a flood", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  set.time.setSystemClock(600_000);
  await set.time.tickAsync(2_000);
  assertEquals(heard, ["05:30:20", "05:40:21", "05:40:22"]);
});

Deno.test("Clock jumps, too, after more than an hour asleep", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  set.time.jump(3_700_000);
  await set.time.tickAsync(1_000);
  assertEquals(heard.length, 3);
});

Deno.test("Clock repeats nothing where the system's clock is set back, and goes on when it has caught up", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.tickAsync(1_000);
  assertEquals(heard, ["05:30:20", "05:30:21"]);
  set.time.setSystemClock(-3_000);
  await set.time.tickAsync(3_000);
  assertEquals(heard.length, 2);
  const fresh = set.listen();
  await set.time.runMicrotasks();
  assertEquals(fresh, ["05:30:21"]);
  await set.time.tickAsync(2_000);
  assertEquals(heard.slice(2), ["05:30:22", "05:30:23"]);
  assertEquals(fresh.slice(1), ["05:30:22", "05:30:23"]);
});

Deno.test("Clock tells a fresh client the right time while its ticks wait for a clock set back", async () => {
  await using set = setUp();
  set.listen();
  set.time.setSystemClock(-60_000);
  const fresh = set.listen();
  await set.time.tickAsync(3_000);
  assertEquals(fresh, ["05:29:20"]);
});

Deno.test("Clock gives a client that comes while the timer is late the current second, once", async () => {
  await using set = setUp();
  const early = set.listen();
  await set.time.runMicrotasks();
  set.time.jump(900);
  const heard = set.listen();
  await set.time.tickAsync(1_000);
  assertEquals(heard, ["05:30:21", "05:30:22"]);
  assertEquals(early, ["05:30:20", "05:30:21", "05:30:22"]);
});

Deno.test("Clock tells each zone its own time, also where it is set forward for summer", async () => {
  await using set = setUp(Date.parse("2026-03-29T00:59:58.500Z"));
  const paris = set.listen("Europe/Paris");
  const kolkata = set.listen("Asia/Calcutta");
  await set.time.tickAsync(2_000);
  assertEquals(paris, ["01:59:58", "01:59:59", "03:00:00"]);
  assertEquals(kolkata, ["06:29:58", "06:29:59", "06:30:00"]);
});

Deno.test("Clock runs one timer for all zones, and forgets a zone with its last client", async () => {
  await using set = setUp();
  using timers = stub(globalThis, "setTimeout", setTimeout);
  const readers = ["UTC", "Europe/Paris", "UTC"].map((zone) =>
    set.open(zone).getReader()
  );
  assertEquals(set.clock.hub.channels, ["UTC", "Europe/Paris"]);
  await Promise.all(readers.map((reader) => reader.read()));
  const ticking = readers.map((reader) => reader.read());
  await set.time.tickAsync(1_000);
  await Promise.all(ticking);
  const aligned = timers.calls.filter(({ args }) => args[1] === 1_000);
  assertEquals(aligned.length, 1);
  await readers[1]!.cancel();
  assertEquals(set.clock.hub.channels, ["UTC"]);
  await readers[0]!.cancel();
  await readers[2]!.cancel();
  assertEquals(set.clock.hub.channels, []);
});

for (const seconds of [1, 90, 700, 3_600, 3_605]) {
  Deno.test(`Clock replays ${seconds} missed seconds, each once, then goes on`, async () => {
    await using set = setUp();
    const heard = set.listen("UTC", after(idBack(seconds)));
    await set.time.tickAsync(2_000);
    const status = heard.indexOf(`{"state":"resumed","replayed":${seconds}}`);
    assertEquals(status, seconds);
    assertEquals(new Set(heard).size, heard.length);
    assertEquals(heard.slice(status - 1), [
      "05:30:20",
      heard[status]!,
      "05:30:21",
      "05:30:22",
    ]);
  });
}

for (
  const [what, from] of [
    ["longer ago than an hour", after(idBack(3_606))],
    ["of a future that no clock can be in", after(idBack(-60))],
    ["that is none", { kind: "unknown", afterReset: NEW }],
    ["of a moment longer ago", { kind: "since", ms: START - 3_606_000 }],
  ] as const
) {
  Deno.test(`Clock resets a client with an id ${what}, and begins anew`, async () => {
    await using set = setUp();
    const heard = set.listen("UTC", from);
    await set.time.tickAsync(1_000);
    assertEquals(heard, ['{"state":"reset"}', "05:30:20", "05:30:21"]);
  });
}

Deno.test("Clock lets a client that comes from a clock slightly ahead wait, and repeats nothing", async () => {
  await using set = setUp();
  const heard = set.listen("UTC", after(idBack(-2)));
  await set.time.tickAsync(4_000);
  assertEquals(heard, [
    '{"state":"resumed","replayed":0}',
    "05:30:23",
    "05:30:24",
  ]);
});

Deno.test("Clock leaves no timer when it is disposed of", async () => {
  await using set = setUp();
  set.listen();
  await set.time.tickAsync(1_000);
  set.clock[Symbol.dispose]();
  await set.time.tickAsync(1_000);
  assertEquals(set.time.timerCount, 0);
  assert(set.clock.hub.subscriberCount === 0);
});

Deno.test("Clock tells midnight as 00:00:00", async () => {
  await using set = setUp(Date.parse("2026-11-22T23:59:58.500Z"));
  const heard = set.listen();
  await set.time.tickAsync(2_000);
  assertEquals(heard, ["23:59:58", "23:59:59", "00:00:00"]);
});

Deno.test("Clock tells a clock that was set from a sleep, however long it has run", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.tickAsync(60_000);
  assertEquals(heard.length, 61);
  set.time.setSystemClock(30_000);
  await set.time.tickAsync(1_000);
  assertEquals(heard.slice(61), ["05:31:51"]);
  set.time.jump(3_000);
  await set.time.tickAsync(1_000);
  assertEquals(heard.slice(62), [
    "05:31:52",
    "05:31:53",
    "05:31:54",
    "05:31:55",
  ]);
});

for (
  const [seconds, first] of [[10, "05:30:31"], [
    11,
    '{"state":"reset"}',
  ]] as const
) {
  Deno.test(`Clock takes an id that is ${seconds} s ahead for ${seconds > 10 ? "none" : "another clock's"}`, async () => {
    await using set = setUp();
    const heard = set.listen("UTC", after(idBack(-seconds)));
    await set.time.tickAsync(11_000);
    assertEquals(heard.filter((text) => !text.includes("resumed"))[0], first);
  });
}

Deno.test("Clock cuts the streams of a zone whose time cannot be told, and ticks on for the others", async () => {
  // The offset is asked for anew at a quarter of an hour.
  await using set = setUp(Date.parse("2026-11-22T05:44:59.500Z"));
  using log = new CapturedLog();
  const tokyo = set.open("Asia/Tokyo").getReader();
  const utc = new EventReader(set.open("UTC"));
  await tokyo.read();
  await tokyo.read();
  const lost = assertRejects(() => tokyo.read(), Error, "no such rules");
  {
    const { prototype } = Intl.DateTimeFormat;
    const { formatToParts } = prototype;
    using _failing = stub(
      prototype,
      "formatToParts",
      function (this: Intl.DateTimeFormat, ms) {
        const { timeZone } = this.resolvedOptions();
        if (timeZone === "Asia/Tokyo") throw new Error("no such rules");
        return formatToParts.call(this, ms);
      },
    );
    await set.time.tickAsync(2_000);
  }
  await lost;
  const ids = (await utc.take(3)).map(({ id }) => id);
  assertEquals(ids, ["1795326299000-0", "1795326300000-0", "1795326301000-0"]);
  assertEquals(set.clock.hub.faults.count, 1);
  assertEquals(log.lines[0], "error a stream was cut");
});

Deno.test("Clock refuses a zone whose time cannot be told when a stream is opened, not when it ticks", async () => {
  await using set = setUp();
  assertThrows(() => set.open("Etc/Unknown"), RangeError);
  assertEquals(set.clock.hub.subscriberCount, 0);
});

Deno.test("Clock forgets how a zone is written at the first tick without a reader there", async () => {
  await using set = setUp();
  using formats = countFormats();
  await set.open("Asia/Tokyo").cancel();
  await set.open("Asia/Tokyo").cancel();
  assertEquals(formats.made, 1);
  await set.time.tickAsync(1_000);
  await set.open("Asia/Tokyo").cancel();
  assertEquals(formats.made, 2);
});

Deno.test("Clock has the tick that is due for a client that comes while the timer is late", async () => {
  await using set = setUp();
  // jump() would fire the timer.
  set.time.setSystemClock(900);
  const reader = new EventReader(set.open("UTC", after(idBack(1))));
  const ids = (await reader.take(2)).map(({ id }) => id);
  assertEquals(ids, [idBack(0), idBack(-1)]);
});

Deno.test("Clock makes up for an hour asleep, each second once", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  set.time.jump(3_600_000);
  await set.time.tickAsync(1_000);
  assertEquals(heard.length, 3_602);
  assertEquals(new Set(heard).size, 3_602);
});

Deno.test("Clock repeats no second where the system's clock is set back, and then forward by less", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.tickAsync(1_000);
  set.time.setSystemClock(-60_000);
  await set.time.tickAsync(1_000);
  set.time.setSystemClock(5_000);
  await set.time.tickAsync(2_000);
  assertEquals(heard, ["05:30:20", "05:30:21"]);
});

Deno.test("Clock takes a second by which the system's clock is set forward for one that never was", async () => {
  await using set = setUp();
  const heard = set.listen();
  await set.time.runMicrotasks();
  set.time.setSystemClock(1_000);
  await set.time.tickAsync(1_000);
  assertEquals(heard, ["05:30:20", "05:30:22"]);
});

Deno.test("Clock computes and encodes the ticks of a zone once for all who replay them, however long they are apart", async () => {
  await using set = setUp();
  using computed = stub(
    Date.prototype,
    "toISOString",
    Date.prototype.toISOString,
  );
  const replay = async () => {
    const before = computed.calls.length;
    const heard = set.listen("UTC", { kind: "earliest", afterReset: NEW });
    await set.time.tickAsync(200);
    const status = heard.indexOf('{"state":"resumed","replayed":3600}');
    assertEquals(status, 3_600);
    assertEquals(new Set(heard).size, heard.length);
    return computed.calls.length - before;
  };
  await replay();
  await set.time.tickAsync(60_000);
  const again = [await replay(), await replay()];
  // The blocks in which a replay begins and ends are read in part.
  assert(again[0]! < 2 * 240 + 60, `${again}`);
  assert(again[1]! < 10, `${again}`);
});

Deno.test("Clock gives nobody a tick for an id of another timeline", async () => {
  await using set = setUp();
  const heard = set.listen("UTC", after(`${idBack(5)}.x7Kq2M`));
  await set.time.runMicrotasks();
  assertEquals(heard, ['{"state":"reset"}', "05:30:20"]);
});
