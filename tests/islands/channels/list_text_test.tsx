import { assert, assertEquals, assertMatch } from "@std/assert";
import { renderToString } from "preact-render-to-string";
import { EventLog, MAX_ROWS } from "../../../islands/channels/event_log.ts";
import { ListRemark } from "../../../islands/channels/list_remark.tsx";
import { loadedStream } from "../../../islands/channels/channel_stream.ts";
import { Channels } from "../../../islands/channels/channels.tsx";
import type { Connection } from "../../../islands/page/connection.ts";

function event(n: number, data = "") {
  return { id: `${n}-0`, channel: "news", type: "message", data };
}

/** The text of the remarks. */
function remark(log: EventLog, isLive = true): string {
  return renderToString(<ListRemark log={log} isLive={isLive} />)
    .replace(/<[^>]*>/g, " ").trim();
}

Deno.test("ListRemark has the number of the events that are kept, whichever limit dropped the others", () => {
  const log = new EventLog();
  log.addNote("paused");
  log.addEvent(event(0));
  assertMatch(remark(log), /^1 event received /);
  for (let i = 1; i < 300; i++) log.addEvent(event(i, "x".repeat(300_000)));
  assertMatch(
    remark(log),
    /^300 events received, the last 2\d\d of them kept here /,
  );
  assertEquals(remark(log).match(/last (\d+)/)![1], `${log.kept}`);
  log.clear();
  for (let i = 0; i < 10_100; i++) log.addEvent(event(i));
  assertMatch(
    remark(log),
    /10100 events received, the last 100\d\d of them kept/,
  );
});

Deno.test("ListRemark says where the list begins, once that is known", () => {
  const log = new EventLog();
  log.addEvent(event(1));
  assert(!remark(log).includes("."));
  log.hasOldest = true;
  assertMatch(remark(log), /^1 event received. The server kept none before/);
  for (let i = 2; i <= MAX_ROWS; i++) log.addEvent(event(i));
  assertMatch(remark(log), /^10000 events received. The server kept none/);
  log.hasOldest = false;
  assertMatch(remark(log), /^10000 events received. Any older ones are not/);
});

Deno.test("ListRemark counts no events before it is known that there are none", () => {
  const log = new EventLog();
  assertEquals(remark(log, false), "");
  assertMatch(remark(log, true), /^0 events received/);
  log.addEvent(event(1));
  assertMatch(remark(log, false), /^1 event received/);
});

for (
  const [connection, text] of [
    ["live", "No event yet."],
    ["loaded", "Not connected yet: "],
    ["connecting", "Connecting: "],
    ["reconnecting", "Not connected: "],
    ["paused", "Paused: resume to see the events."],
    ["closed", "Not connected: the server refused the stream."],
  ] as [Connection, string][]
) {
  Deno.test(`The empty list of a stream that is ${connection} says why it is empty`, () => {
    const html = renderToString(
      <Channels
        view={{ ...loadedStream(["news"]), connection }}
        text="news"
        refusal=""
        base=""
        tz=""
        heartbeatMs={1}
      />,
    );
    const [, shown] = /class="empty">([^<]*)</.exec(html)!;
    assertEquals(shown!.slice(0, text.length), text);
  });
}
