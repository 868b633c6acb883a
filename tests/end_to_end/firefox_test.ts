import { assertEquals } from "@std/assert";
import {
  dataOf,
  live,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { assertUnbroken, untilShown } from "../support/clock_page.ts";
import { firefoxSuite } from "../support/firefox_suite.ts";
import { publish } from "../support/publish.ts";

const { test, visit } = await firefoxSuite();

test("the page ticks on and shows what is published", async () => {
  await using visited = await visit();
  const { page, url, faults } = visited;
  await page.goto(url);
  const first = await untilShown(page, ({ events }) => events > 0);
  await live(page);
  await publish(url, "news", "hello");
  const shown = await untilChannels(page, ({ rows }) => rows.length > 0);
  assertEquals(dataOf(shown), ["hello"]);
  const later = await untilShown(
    page,
    ({ events }) => events > first.events + 1,
  );
  assertEquals(later.status, "Live");
  assertUnbroken(first, later);
  assertEquals(faults, []);
});

test("Ctrl+Enter publishes once from every field", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto(`${url}#token=t`);
  await live(page);
  const fields = ["channel", "type", "token", "data"];
  for (const [i, id] of fields.entries()) {
    await page.focus(`#${id}`);
    await page.keyboard.down("Control");
    await page.keyboard.press("Enter");
    await page.keyboard.up("Control");
    await untilChannels(
      page,
      ({ outcome, rows }) => rows.length > i && outcome.startsWith("Published"),
    );
  }
  assertEquals((await shownChannels(page)).received, "4 events received");
});
