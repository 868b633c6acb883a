import { assertEquals, assertStringIncludes } from "@std/assert";
import { readLocalZone } from "../../clock/local_zone.ts";
import { timeFormat } from "../../clock/zone.ts";

const JANUARY = Date.parse("2026-01-15T12:00:00Z");
const JULY = Date.parse("2026-07-15T12:00:00Z");

for (
  const [tz, january, july] of [
    ["", "12:00", "12:00"],
    [":", "12:00", "12:00"],
    ["UTC", "12:00", "12:00"],
    ["GMT0", "12:00", "12:00"],
    ["GMT-0", "12:00", "12:00"],
    ["GMT+3", "09:00", "09:00"],
    ["GMT-5", "17:00", "17:00"],
    ["UTC-05:00", "17:00", "17:00"],
    ["UTC3", "09:00", "09:00"],
    ["EST5", "07:00", "07:00"],
    ["JST-9", "21:00", "21:00"],
    [":JST-09:00:00", "21:00", "21:00"],
    ["<+03>-3", "15:00", "15:00"],
    ["<-0330>+3:30", "08:30", "08:30"],
    ["IST-5:30", "17:30", "17:30"],
    ["ABC+13", "23:00", "23:00"],
    ["EST5EDT", "07:00", "08:00"],
    ["CET", "13:00", "14:00"],
    ["Etc/GMT+3", "09:00", "09:00"],
    ["Europe/Paris", "13:00", "14:00"],
    [":Europe/Paris", "13:00", "14:00"],
    ["/usr/share/zoneinfo/Asia/Tokyo", "21:00", "21:00"],
    [":/usr/share/zoneinfo/posix/Europe/Paris", "13:00", "14:00"],
    ["right/Asia/Tokyo", "21:00", "21:00"],
    ["asia/tokyo", "21:00", "21:00"],
  ] as const
) {
  Deno.test(`readLocalZone() of TZ=${tz} tells the time that date tells`, () => {
    const { zone, warning } = readLocalZone(tz, "Etc/Unknown");
    const format = timeFormat(zone);
    assertEquals(
      [JANUARY, JULY].map((ms) => format(ms).slice(11, 16)),
      [january, july],
    );
    assertEquals(warning, undefined);
  });
}

for (
  const tz of [
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "AEST-10AEDT",
    "JST-9:00:01",
    "ABC+24",
    "Europe/Pariss",
    "Etc/Unknown",
    "garbage",
    " Asia/Tokyo",
    "+03:00",
    "BST",
    "JST",
    "/etc/localtime",
    "../../etc/passwd",
    "$" + "{TZ}",
    "a\nb",
  ]
) {
  Deno.test(`readLocalZone() of TZ=${JSON.stringify(tz)} is UTC and says in a line what to write`, () => {
    const { zone, warning } = readLocalZone(tz, "Asia/Tokyo");
    assertEquals(zone, "UTC");
    assertEquals(
      warning,
      `Cannot use TZ ${
        JSON.stringify(tz)
      }: it must name an IANA time zone, for instance TZ=Europe/Paris; the clock tells UTC`,
    );
  });
}

Deno.test("readLocalZone() without TZ is the system's zone", () => {
  assertEquals(readLocalZone(undefined, "Asia/Tokyo"), { zone: "Asia/Tokyo" });
});

for (const system of ["Etc/Unknown", "Mars/Olympus"]) {
  Deno.test(`readLocalZone() is UTC where the system's zone is ${system}, and says so`, () => {
    const { zone, warning } = readLocalZone(undefined, system);
    assertEquals(zone, "UTC");
    assertStringIncludes(warning!, "set TZ, for instance TZ=Europe/Paris");
  });
}
