import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { timeFormat } from "../../clock/zone.ts";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";
import { logLines } from "../support/log_lines.ts";

/** The clock's time, which is one of two where a second has begun since. */
async function assertTells(url: string, zone: string): Promise<void> {
  const before = Date.now();
  await using reader = await EventReader.open(`${url}sse/?since=1s`);
  const event = (await reader.take(2)).find(({ event }) => !event);
  const format = timeFormat(zone);
  const times = [before, Date.now()].map((ms) =>
    `The current time is ${format(ms)}`
  );
  assert(times.includes(event!.data!), `${event!.data} is none of ${times}`);
}

for (
  const [tz, zone, workers] of [
    ["", "UTC", 1],
    ["", "UTC", 2],
    ["GMT+3", "Etc/GMT+3", 1],
    ["JST-9", "Asia/Tokyo", 2],
    ["IST-5:30", "Asia/Kolkata", 1],
    [":/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo", 1],
    ["CET-1CEST,M3.5.0,M10.5.0/3", "UTC", 2],
    ["garbage", "UTC", 1],
  ] as const
) {
  Deno.test({
    name:
      `With TZ=${tz} and --workers ${workers} the clock and the page tell the time in ${zone}`,
    ignore: workers > 1 && Deno.build.os !== "linux",
    async fn() {
      await using server = await startServer(
        ["--port", "0", "--workers", `${workers}`, "--token", "t"],
        { env: { TZ: tz } },
      );
      await assertTells(server.url, zone);
      const page = await fetch(server.url);
      assertEquals(page.status, 200);
      const html = await page.text();
      const hour = timeFormat(zone)(Date.now()).slice(0, 13);
      assertStringIncludes(html, `<time datetime="${hour}`);
      // Every option of the page's form is accepted.
      const [, chosen] = /<option value="([^"]*)" selected/.exec(html)!;
      const again = await fetch(
        `${server.url}?${new URLSearchParams({ tz: chosen! })}`,
      );
      await again.body?.cancel();
      assertEquals(again.status, 200);
      // The stream goes on.
      await using reader = await EventReader.open(`${server.url}sse/`);
      await reader.take(2);
      const isUsable = zone !== "UTC" || tz === "";
      assertEquals(
        logLines(server.log),
        isUsable ? [] : [
          `warn Cannot use TZ "${tz}": it must name an IANA time zone, for instance TZ=Europe/Paris; the clock tells UTC`,
        ],
      );
    },
  });
}
