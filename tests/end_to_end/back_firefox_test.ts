import { assertEquals } from "@std/assert";
import type { Page } from "puppeteer-core";
import { dataOf, live, untilChannels } from "../support/channels_page.ts";
import { firefoxSuite } from "../support/firefox_suite.ts";
import { publish } from "../support/publish.ts";

const { test, visit } = await firefoxSuite();

const TYPED = {
  "channels-field": "half-ty",
  channel: "greet",
  type: "gre",
  data: "Good mor",
};

async function typeIn(page: Page): Promise<void> {
  for (const [id, text] of Object.entries(TYPED)) {
    await page.locator(`#${id}`).fill(text);
  }
}

/** Leaves the page for another one and comes back, by the browser's history. */
async function leaveAndReturn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}?channels=elsewhere`);
  await publish(url, "news", "meanwhile");
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => location.search === "");
}

async function typed(page: Page): Promise<Record<string, string>> {
  return await page.evaluate(
    (ids) =>
      Object.fromEntries(
        ids.map((id) => [
          id,
          (document.getElementById(id) as HTMLInputElement).value,
        ]),
      ),
    Object.keys(TYPED),
  );
}

for (const isKept of [true, false]) {
  test(`Back shows the list and what was typed, where the page was ${isKept ? "kept" : "not kept"}`, async () => {
    await using visited = await visit();
    const { page, url, faults } = visited;
    await page.goto(url);
    await live(page);
    await publish(url, "news", "before");
    await untilChannels(page, ({ rows }) => rows.length === 1);
    await typeIn(page);
    if (!isKept) {
      await page.evaluate(() => addEventListener("unload", () => {}));
    }
    await leaveAndReturn(page, url);
    const shown = await untilChannels(page, ({ rows }) => rows.length > 1);
    assertEquals(dataOf(shown).slice(0, 2), ["before", "meanwhile"]);
    assertEquals(await typed(page), TYPED);
    await page.waitForSelector(".publish button:enabled");
    assertEquals(faults, []);
  });
}
