import { assertEquals } from "@std/assert";
import type { EventId } from "../../events/event_id.ts";
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
