/**
 * Measures how long a quiet stream takes to open, and an event to come, through each proxy and without one. Prints a table:
 *
 *     deno run -A tests/proxies/measure.ts
 *
 * @module
 */
import { LISTENER } from "../support/listener.ts";
import { EventReader } from "../support/event_reader.ts";
import { publish } from "../support/publish.ts";
import { apache } from "./apache.ts";
import { caddy } from "./caddy.ts";
import { haproxy } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import { ProxiedChime, through } from "./proxied_chime.ts";

/** Few enough: Apache keeps a thread for a stream whose client has gone, until the next heartbeat. */
const TIMES = 20;

/** The median and the greatest of what was measured, in ms. */
function summary(ms: number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  return [sorted[sorted.length >> 1]!, sorted.at(-1)!]
    .map((value) => value.toFixed(1)).join(" / ");
}

async function measure(url: string, chime: string, client: Deno.HttpClient) {
  const opened: number[] = [];
  const came: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const start = performance.now();
    const response = await fetch(
      `${url}sse/quiet${i}?heartbeat=2s`,
      through(client),
    );
    await using events = new EventReader(response.body!, { hasLive: true });
    await events.next();
    opened.push(performance.now() - start);
    const coming = events.next().then(() => performance.now());
    const published = performance.now();
    await publish(chime, `quiet${i}`, "now");
    came.push(await coming - published);
  }
  return `${summary(opened)} | ${summary(came)}`;
}

console.log(`listener ${LISTENER}, median / worst of ${TIMES}, in ms`);
console.log("| | open | event |");
for (const proxy of [nginx, caddy, haproxy, apache]) {
  await using at = await ProxiedChime.start(proxy);
  using client = at.client("HTTP/2");
  using direct = Deno.createHttpClient({});
  const { url } = at.chime;
  console.log(`| without | ${await measure(url, url, direct)} |`);
  console.log(`| ${proxy.name} | ${await measure(at.url, url, client)} |`);
}
