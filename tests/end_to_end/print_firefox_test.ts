import { assert, assertEquals } from "@std/assert";
import {
  live,
  publishMany,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { firefoxSuite } from "../support/firefox_suite.ts";

const { test, visit } = await firefoxSuite();

const MANY = 300;

test("a printout has all of the list, and the screen what it had", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto(url);
  await live(page);
  await publishMany(url, MANY);
  await untilChannels(page, ({ received }) => received.startsWith(`${MANY}`));
  const before = (await shownChannels(page)).rows.length;
  assert(before < MANY);
  // Firefox copies the page after the first event, and sends the second one at once.
  await page.evaluate(() => {
    addEventListener("beforeprint", () => {
      document.title = `${document.querySelectorAll(".row").length}`;
    });
  });
  await page.pdf();
  assertEquals(await page.title(), `${MANY}`);
  assertEquals((await shownChannels(page)).rows.length, before);
});
