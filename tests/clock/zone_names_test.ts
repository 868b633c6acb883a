import { assert, assertEquals } from "@std/assert";
import { canonicalZone, timeFormat } from "../../clock/zone.ts";
import { RENAMED_ZONES, todaysName } from "../../clock/zone_names.ts";

Deno.test("canonicalZone() knows a zone by its former name and by today's", () => {
  for (const [former, now] of Object.entries(RENAMED_ZONES)) {
    assertEquals(canonicalZone(former), now);
    assertEquals(canonicalZone(now.toUpperCase()), now);
    const [a, b] = [former, now].map((zone) => timeFormat(zone)(0));
    assertEquals(a, b, now);
  }
  assertEquals(canonicalZone("europe/uzhgorod"), "Europe/Kyiv");
  assertEquals(canonicalZone("Pacific/Yap"), "Pacific/Chuuk");
});

Deno.test("todaysName() leaves no former name, and makes none twice", () => {
  const names = Intl.supportedValuesOf("timeZone").map(todaysName);
  assertEquals(names.length, new Set(names).size);
  assertEquals(names.filter((name) => name in RENAMED_ZONES), []);
  for (
    const name of ["Asia/Kolkata", "Europe/Kyiv", "America/Nuuk", "Asia/Yangon"]
  ) {
    assert(names.includes(name), name);
  }
});
