import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { timeFormat } from "../../clock/zone.ts";
import { zoneOffset } from "../../clock/zone_offset.ts";

const HOUR_MS = 3_600_000;
const ZONES = [
  ...Intl.supportedValuesOf("timeZone"),
  ...["UTC", "Etc/GMT+12", "Etc/GMT-14", "+05:30", "-09:45", "+00:00"],
];

/** The time in a zone, as `Intl` alone writes it. */
function intlFormat(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("sv", {
    timeZone,
    hourCycle: "h23",
    dateStyle: "short",
    timeStyle: "medium",
  });
  return (ms) => format.format(ms).replaceAll("\u2212", "-");
}

/** The moments near which the zone changes its offset, between two years, each to within an hour. */
function changes(zone: string, from: number, to: number): number[] {
  const offset = zoneOffset(zone);
  const found: number[] = [];
  for (let ms = Date.UTC(from); ms < Date.UTC(to); ms += 24 * HOUR_MS) {
    if (offset(ms) === offset(ms + 24 * HOUR_MS)) continue;
    let hour = ms;
    while (offset(hour) === offset(hour + HOUR_MS)) hour += HOUR_MS;
    found.push(hour);
  }
  return found;
}

Deno.test("timeFormat writes what Intl writes, in every zone and at any moment since 1900", () => {
  fc.assert(fc.property(
    fc.constantFrom(...ZONES),
    fc.integer({ min: Date.UTC(1900), max: Date.UTC(2100) }),
    fc.array(fc.integer({ min: -2 * HOUR_MS, max: 2 * HOUR_MS }), {
      maxLength: 8,
    }),
    (zone, ms, nearby) => {
      const [own, intl] = [timeFormat(zone), intlFormat(zone)];
      for (const moment of [ms, ...nearby.map((by) => ms + by)]) {
        assertEquals(own(moment), intl(moment), zone);
      }
    },
  ));
});

for (
  const [zone, count] of [
    ["Europe/Paris", 4],
    ["Australia/Lord_Howe", 4],
    ["Africa/Casablanca", 4],
    ["Antarctica/Troll", 4],
    ["America/New_York", 4],
    // It changed a minute after midnight.
    ["America/St_Johns", 4],
  ] as const
) {
  Deno.test(`timeFormat writes what Intl writes before, at and after each change in ${zone}`, () => {
    const [own, intl] = [timeFormat(zone), intlFormat(zone)];
    const [from, to] = zone === "America/St_Johns"
      ? [2008, 2010]
      : [2025, 2027];
    const found = changes(zone, from, to);
    assertEquals(found.length, count);
    for (const hour of found) {
      for (let by = -HOUR_MS; by < 2 * HOUR_MS; by += 7_000) {
        assertEquals(own(hour + by), intl(hour + by));
      }
      // And second by second, where the change is.
      const offset = zoneOffset(zone);
      const change = Array.from({ length: 3_600 }, (_, i) => hour + i * 1_000)
        .find((ms) => offset(ms) !== offset(ms + 1_000))!;
      for (let by = -3_000; by < 3_000; by += 250) {
        assertEquals(own(change + by), intl(change + by));
      }
    }
  });
}

Deno.test("zoneOffset asks Intl twice for a quarter of an hour", () => {
  const { formatToParts } = Intl.DateTimeFormat.prototype;
  let asked = 0;
  Intl.DateTimeFormat.prototype.formatToParts = function (...args) {
    asked++;
    return formatToParts.apply(this, args);
  };
  try {
    const offset = zoneOffset("Asia/Kathmandu");
    const start = Date.UTC(2026, 10, 22, 5);
    for (let s = 0; s < 3_600; s++) offset(start + s * 1_000);
    assertEquals(asked, 8);
  } finally {
    Intl.DateTimeFormat.prototype.formatToParts = formatToParts;
  }
});
