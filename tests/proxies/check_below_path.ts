import { assertEquals, assertMatch } from "@std/assert";
import type { BrowserContext } from "playwright-core";
import {
  dataOf,
  live,
  publishOn,
  untilChannels,
} from "../support/channels_page.ts";
import { untilShown } from "../support/clock_page.ts";
import { type ProxiedChime, through, VERSIONS } from "./proxied_chime.ts";

/** Checks that the page works below `/live/`, and asks for nothing that is not there. */
export async function checkBelowPath(
  at: ProxiedChime,
  context: BrowserContext,
): Promise<void> {
  const base = `${at.url}live/`;
  const page = await context.newPage();
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(base)) outside.push(request.url());
  });
  await page.goto(`${base}?channels=news`);
  await untilShown(page, ({ events }) => events > 1);
  await live(page);
  await publishOn(page, { token: "t", data: "below" });
  await untilChannels(page, (shown) => dataOf(shown).includes("below"));
  const lines = (await page.locator("pre").allInnerTexts()).join("\n");
  assertMatch(lines, new RegExp(`curl -N ${base}sse/\n`));
  assertMatch(lines, new RegExp(`curl -N ${base}sse/news\n`));
  assertMatch(lines, new RegExp(`-d 'Hello' ${base}sse/news`));
  await page.selectOption("#tz", "Asia/Tokyo");
  await page.waitForURL(`${base}?channels=news&tz=Asia/Tokyo`);
  assertEquals(outside, []);
  await page.close();
}

/** Checks that what has no final slash leads to what has one. */
export async function checkSlash(at: ProxiedChime): Promise<void> {
  for (const version of VERSIONS) {
    using client = at.client(version);
    for (const path of ["live", "live/sse"]) {
      const response = await fetch(`${at.url}${path}`, through(client));
      assertEquals(response.status, 200);
      assertEquals(response.url, `${at.url}${path}/`);
      await response.body?.cancel();
    }
    const other = await fetch(`${at.url}sse/`, through(client));
    assertEquals(other.ok && other.headers.has("x-accel-buffering"), false);
    await other.body?.cancel();
  }
}
