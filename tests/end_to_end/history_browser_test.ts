import { assert, assertEquals, assertMatch } from "@std/assert";
import { browserSuite } from "../support/browser_suite.ts";
import {
  dataOf,
  live,
  publishMany,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { publish } from "../support/publish.ts";

const { test, visit } = await browserSuite();

test("a channel with history shows what is kept, and more when scrolled up", async () => {
  await using visited = await visit();
  const { page, url, faults } = visited;
  await publishMany(url, 400);
  // It is not known yet whether there are events.
  const html = await (await page.goto("/"))!.text();
  assert(!html.includes("No event yet"));
  const first = await untilChannels(page, ({ rows }) => rows.length > 0);
  assertEquals(dataOf(first).at(-1), "event 400");
  assertEquals(first.received, "50 events received");
  await live(page);

  const scroller = page.locator(".scroller");
  const read = page.getByText("event 351", { exact: true });
  await scroller.evaluate((element) => element.scrollTop = 0);
  await read.waitFor();
  const { y } = (await read.boundingBox())!;
  await untilChannels(page, ({ received }) => received.startsWith("250 "));
  assert(Math.abs((await read.boundingBox())!.y - y) <= 1);
  assertEquals(await page.innerText(".newest"), "To the newest");
  await publish(url, "news", "later");
  await page.locator(".newest", { hasText: "1 new event" }).waitFor();
  await scroller.evaluate((element) => element.scrollTop = 0);
  const { received } = await untilChannels(
    page,
    ({ received }) => received.startsWith("401 "),
  );
  assertEquals(received, "401 events received");
  await scroller.evaluate((element) => element.scrollTop = 0);
  await page.getByText("event 1", { exact: true }).waitFor();
  const rows = page.locator(".scroller [role=row][aria-rowindex='2']");
  assertEquals(await rows.locator(".data").innerText(), "event 1");
  assert((await shownChannels(page)).rows.length < 100);
  await page.locator(".newest").click();
  const newest = page.locator(".row", { hasText: "later" });
  assertEquals(await newest.getAttribute("aria-rowindex"), "402");
  assertEquals(faults, []);
});

test("a channel without events says so", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await page.getByText("No event yet.").waitFor();
  assertMatch((await shownChannels(page)).status, /^Live/);
});
