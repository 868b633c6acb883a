import { assertEquals } from "@std/assert";
import type { BrowserContext, Page } from "playwright-core";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { until } from "../support/until.ts";
import { checkDown } from "./check_streams.ts";
import type { ProxiedChime } from "./proxied_chime.ts";

const TABS = 16;

/** What the page of a test keeps of its `EventSource`. */
interface Seen {
  data: string[];
  /** How often it opened. */
  opens: number;
  isDead: boolean;
}

/** Opens a page of Chime's origin with an `EventSource`. */
async function openSource(page: Page, url: string, channel: string) {
  await page.goto(`${url}readyz`);
  await page.evaluate((channel) => {
    const source = new EventSource(`/sse/${channel}`);
    const seen: Seen = { data: [], opens: 0, isDead: false };
    source.onopen = () => seen.opens++;
    source.onmessage = ({ data }) => seen.data.push(data);
    source.onerror = () => seen.isDead ||= source.readyState === 2;
    Object.assign(globalThis, { seen });
  }, channel);
}

function seenBy(page: Page): Promise<Seen> {
  return page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
}

/** Checks that many tabs have a stream each at the same time. Over HTTP/1.1, six would. */
export async function checkTabs(
  at: ProxiedChime,
  context: BrowserContext,
): Promise<void> {
  const pages = await Promise.all(
    Array.from({ length: TABS }, () => context.newPage()),
  );
  await Promise.all(pages.map((page) => openSource(page, at.url, "tabs")));
  await until(async () => {
    const metrics = await scrape(at.chime.url);
    return metrics.get('chime_streams{source="channels"}') === TABS;
  });
  await publish(at.chime.url, "tabs", "to all");
  for (const page of pages) {
    await until(async () => (await seenBy(page)).data.length > 0);
    const protocol = await page.evaluate(() =>
      performance.getEntriesByType("navigation")
        .map((entry) => (entry as PerformanceNavigationTiming).nextHopProtocol)
    );
    assertEquals(protocol, ["h2"]);
    await page.close();
  }
}

/** Checks that an `EventSource` outlives Chime, and misses nothing. */
export async function checkRestart(
  at: ProxiedChime,
  context: BrowserContext,
): Promise<void> {
  const page = await context.newPage();
  await openSource(page, at.url, "news");
  const data: string[] = [];
  const send = async (text: string) => {
    data.push(text);
    await publish(at.chime.url, "news", text);
  };
  await until(async () => (await seenBy(page)).opens === 1);
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    await send(`before ${signal}`);
    await until(async () => (await seenBy(page)).data.length === data.length);
    const { opens } = await seenBy(page);
    await at.chime.kill(signal);
    await checkDown(at);
    await until(async () => (await seenBy(page)).opens > opens);
    await at.restart();
    await send(`after ${signal}`);
    await until(async () => (await seenBy(page)).data.length === data.length);
    assertEquals((await seenBy(page)).data, data);
  }
  assertEquals((await seenBy(page)).isDead, false);
  await page.close();
}
