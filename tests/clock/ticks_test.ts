import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type EventId, eventIdMs } from "../../events/event_id.ts";
import type { ReadFrom } from "../../journal/history.ts";
import { tickId, Ticks, ticksAfter } from "../../clock/ticks.ts";
import { countFormats } from "./count_formats.ts";

const NOW = 1_795_325_420;

for (
  const [what, after, upTo, seconds] of [
    ["the seconds that were missed", NOW - 3, NOW, [NOW - 2, NOW]],
    ["none where nothing was missed", NOW, NOW, [NOW + 1, NOW]],
    ["an hour and five seconds", NOW - 3_605, NOW, [NOW - 3_604, NOW]],
    ["nothing where more was missed", NOW - 3_606, NOW, undefined],
    ["none for an id of a clock that is ahead", NOW + 10, NOW, [NOW + 11, NOW]],
    ["nothing for an id of the future", NOW + 11, NOW, undefined],
    ["none that the timeline has not reached", NOW - 3, NOW - 1, [
      NOW - 2,
      NOW - 1,
    ]],
    [
      "none before the timeline's, where the time was set back",
      NOW + 60,
      NOW + 60,
      [
        NOW + 61,
        NOW,
      ],
    ],
  ] as const
) {
  Deno.test(`ticksAfter finds ${what}`, () => {
    assertEquals(
      ticksAfter(tickId(after), tickId(upTo), NOW),
      seconds && { first: seconds[0], last: seconds[1] },
    );
  });
}

Deno.test("ticksAfter takes any moment of a second for that second's tick", () => {
  const moment: EventId = `${(NOW - 3) * 1000 + 999}-0`;
  assertEquals(ticksAfter(moment, tickId(NOW), NOW), {
    first: NOW - 2,
    last: NOW,
  });
});

Deno.test("Ticks makes a zone's format once, until that zone is not kept", () => {
  using formats = countFormats();
  const ticks = new Ticks();
  const madeBy = (zone: string) => {
    const before = formats.made;
    ticks.tick(zone, NOW);
    return formats.made - before;
  };
  assertEquals(["UTC", "Asia/Tokyo", "UTC"].map(madeBy), [1, 1, 0]);
  ticks.keepZones(new Set(["Asia/Tokyo"]));
  assertEquals(["UTC", "Asia/Tokyo"].map(madeBy), [1, 0]);
});

const LIMITS = { maxEvents: 10_000, maxLength: Infinity };

for (
  const [what, from, answer] of [
    ["an id longer ago than an hour", {
      kind: "after",
      id: tickId(NOW - 3_606),
    }, "gone"],
    ["an id of the future", { kind: "after", id: tickId(NOW + 11) }, "unknown"],
    ["an id of another timeline", {
      kind: "after",
      id: `${tickId(NOW - 1)}.x7Kq2M`,
    }, "unknown"],
    ["an id that need not be proved", {
      kind: "after",
      id: tickId(NOW - 9_999),
      unproved: tickId(NOW - 2),
    }, [NOW - 1, NOW]],
    ["a moment", { kind: "since", ms: NOW * 1000 - 1_500 }, [NOW - 1, NOW]],
  ] as const
) {
  Deno.test(`Ticks.read knows ${what}`, async () => {
    using _time = new FakeTime(NOW * 1000);
    const query = { channels: ["UTC"], from, upTo: tickId(NOW) };
    const found = await new Ticks().read(query, LIMITS);
    assertEquals<unknown>(
      found.kind === "found"
        ? found.records.map(({ id }) => eventIdMs(id) / 1000)
        : found.kind,
      answer,
    );
  });
}

Deno.test("Ticks.read goes no further than a block of 240 s, and finds all from there on", async () => {
  using _time = new FakeTime(NOW * 1000);
  const ticks = new Ticks();
  const seconds: number[] = [];
  let from: ReadFrom = { kind: "earliest" };
  let reads = 0;
  while (true) {
    const found = await ticks.read(
      { channels: ["UTC"], from, upTo: tickId(NOW) },
      LIMITS,
    );
    assert(found.kind === "found");
    reads++;
    seconds.push(...found.records.map(({ id }) => eventIdMs(id) / 1000));
    assertEquals(found.isComplete || seconds.at(-1)! % 240 === 239, true);
    if (found.isComplete) break;
    from = { kind: "after", id: found.records.at(-1)!.id };
  }
  assertEquals(
    seconds,
    Array.from({ length: 3_600 }, (_, i) => NOW - 3_599 + i),
  );
  assertEquals(reads, 16);
});
