import { assertEquals } from "@std/assert";
import { HEARTBEATS_S, readHeartbeat } from "../../events/heartbeat.ts";

Deno.test("readHeartbeat rounds down to an interval that streams share, from 2 s to 60 s", () => {
  for (let seconds = 0; seconds < 70; seconds++) {
    const shared = HEARTBEATS_S.filter((interval) => interval <= seconds);
    assertEquals(
      readHeartbeat(`${seconds}s`),
      seconds > 60 ? undefined : shared.at(-1),
      `${seconds}s`,
    );
  }
  assertEquals(readHeartbeat("1m"), 60);
  assertEquals(HEARTBEATS_S, [2, 4, 8, 15, 30, 60]);
});

for (const text of ["", "8", "8S", "2m", "1h", "1d", " 8s", "8.5s", "-8s"]) {
  Deno.test(`readHeartbeat takes no ${JSON.stringify(text)}`, () => {
    assertEquals(readHeartbeat(text), undefined);
  });
}
