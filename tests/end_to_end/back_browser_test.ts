import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { browserSuite } from "../support/browser_suite.ts";
import {
  channelsButton,
  dataOf,
  live,
  untilChannels,
} from "../support/channels_page.ts";
import { publish } from "../support/publish.ts";

const { test, visit } = await browserSuite();

/** Leaves the page for another one and comes back, by the browser's history. */
async function leaveAndReturn(
  page: Page,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  await page.goto("/?channels=elsewhere");
  await meanwhile();
  // Not before the call has returned: it would fail with the page that it ran in.
  await page.evaluate(() => void setTimeout(() => history.back()));
  await page.waitForFunction(() => location.search === "");
}

test("Back shows the list that was there, and it catches up", async () => {
  await using visited = await visit();
  const { page, url, faults } = visited;
  await page.goto("/");
  await live(page);
  await publish(url, "news", "before");
  await untilChannels(page, ({ rows }) => rows.length === 1);
  await page.fill("#data", "a draft");
  await page.fill("#channels-field", "half-ty");
  await leaveAndReturn(page, () => publish(url, "news", "meanwhile"));
  const shown = await untilChannels(page, ({ rows }) => rows.length > 2);
  assertEquals(dataOf(shown).slice(0, 2), ["before", "meanwhile"]);
  assertEquals(await page.inputValue("#data"), "a draft");
  assertEquals(await page.inputValue("#channels-field"), "half-ty");
  assertEquals(faults, []);
});

test("Back keeps what was typed, also where the browser did not keep the page", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await live(page);
  // The browser does not keep such a page.
  await page.evaluate(() => addEventListener("unload", () => {}));
  const typed = {
    "channels-field": "half-ty",
    channel: "greet",
    type: "gre",
    data: "Good mor",
  };
  for (const [id, text] of Object.entries(typed)) {
    await page.fill(`#${id}`, text);
  }
  await page.fill("#token", "secret");
  await leaveAndReturn(page, () => Promise.resolve());
  await live(page);
  for (const [id, text] of Object.entries(typed)) {
    assertEquals(await page.inputValue(`#${id}`), text, id);
  }
  assertEquals(await page.inputValue("#token"), "");
  assert(await channelsButton(page, "Publish").isEnabled());
});

test("Back to other channels, or to another zone, leaves what is half typed", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=UTC");
  await live(page);
  const field = page.locator("#channels-field");
  await field.fill("chat");
  await field.press("Enter");
  await page.waitForURL("/?tz=UTC&channels=chat");
  // Choices closer together than this are one entry in the history.
  await page.waitForTimeout(1_100);
  await page.selectOption("#tz", "Asia/Tokyo");
  await page.waitForURL("/?tz=Asia/Tokyo&channels=chat");
  await field.fill("half-ty");
  assertEquals(await page.inputValue("#channel"), "chat");
  await page.fill("#channel", "gree");
  await page.goBack();
  await page.waitForURL("/?tz=UTC&channels=chat");
  assertEquals(await field.inputValue(), "half-ty");
  await page.goBack();
  await page.waitForURL("/?tz=UTC");
  await page.locator(".terminal", { hasText: /sse\/news$/ }).waitFor();
  assertEquals(await field.inputValue(), "half-ty");
  assertEquals(await page.inputValue("#channel"), "gree");
  // Fields that are not half typed follow.
  await field.fill("news");
  await page.goForward();
  await page.waitForFunction(() =>
    document.querySelector<HTMLInputElement>("#channels-field")!.value ===
      "chat"
  );
});
