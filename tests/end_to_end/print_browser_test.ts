import { assert, assertEquals, assertMatch } from "@std/assert";
import { browserSuite } from "../support/browser_suite.ts";
import {
  live,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { publish } from "../support/publish.ts";
import { until } from "../support/until.ts";

const { test, visit } = await browserSuite();

const MANY = 61;

test("a printout has all of the list, no controls, and dark letters on white", async () => {
  await using visited = await visit({ colorScheme: "dark" });
  const { page, url } = visited;
  await page.goto("/");
  await live(page);
  for (let i = 1; i <= MANY; i++) await publish(url, "news", `event ${i}`);
  await untilChannels(page, ({ received }) => received.startsWith(`${MANY}`));
  assert((await shownChannels(page)).rows.length < MANY);

  // The event of a browser before it prints.
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assertEquals((await shownChannels(page)).rows.length, MANY);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await untilChannels(page, ({ rows }) => rows.length < MANY);

  await page.emulateMedia({ media: "print" });
  await untilChannels(page, ({ rows }) => rows.length === MANY);
  assert(await page.locator(".printed", { hasText: "news" }).isVisible());
  const printed = await page.evaluate(() => {
    const list = document.querySelector(".scroller")!;
    const controls = document.querySelectorAll<HTMLElement>(
      "button, input, select, textarea, summary",
    );
    const { color } = getComputedStyle(document.querySelector(".row .data")!);
    return {
      hidden: list.scrollHeight - list.clientHeight,
      controls: [...controls].filter((control) => control.checkVisibility())
        .map(({ outerHTML }) => outerHTML),
      color,
      paper: getComputedStyle(document.body).backgroundColor,
    };
  });
  assertEquals(printed, {
    hidden: 0,
    controls: [],
    color: "rgb(0, 0, 0)",
    paper: "rgb(255, 255, 255)",
  });
});

test("a printout says its time and the length of what it cuts, and lines are as wide as the page", async () => {
  // The width of A4.
  await using visited = await visit({
    viewport: { width: 794, height: 1_123 },
  });
  const { page, url } = visited;
  await page.goto("/");
  await live(page);
  const whole = "word ".repeat(700);
  for (const data of ["short", whole, "word ".repeat(4_000)]) {
    await publish(url, "news", data);
  }
  await untilChannels(page, ({ rows }) => rows.length === 3);
  await page.emulateMedia({ media: "print" });
  const texts = () =>
    page.locator(".row .data").evaluateAll((cells) =>
      cells.map((cell) => cell.firstChild!.textContent!)
    );
  await until(async () => (await texts())[1] === whole);
  assertMatch(
    (await texts())[2]!,
    /^(word ){800}… \(cut: in all, about 20000 characters\)$/,
  );
  assertMatch(
    await page.locator(".printed").innerText(),
    /^news, printed at \d{4}-\d\d-\d\d [\d:.]{12} UTC[+-]\d\d:\d\d$/,
  );
  // It says nothing about the time after.
  await until(async () => await page.locator(".live").count() === 2);
  assertEquals(await page.locator(".live:visible").count(), 0);
  const rows = await page.locator(".row").evaluateAll((rows) =>
    rows.map((row) => [
      row.clientWidth - row.querySelector(".data")!.clientWidth,
      getComputedStyle(row).breakInside,
    ])
  );
  // Else half of the page before a long one would be blank.
  assertEquals(rows, [[0, "avoid"], [0, "auto"], [0, "auto"]]);
});

test("a phone shows the clock and the channels at once, the statistics folded", async () => {
  await using visited = await visit({ viewport: { width: 390, height: 844 } });
  const { page } = visited;
  await page.goto("/");
  await live(page);
  const { y } = (await page.locator("#channels-title").boundingBox())!;
  assert(y < 700, `${y} px`);
  assertEquals(await page.locator("dl").isVisible(), false);
  await page.getByText("Statistics", { exact: true }).click();
  assertEquals(await page.locator("dl").isVisible(), true);
  await page.setViewportSize({ width: 1_280, height: 800 });
  assertEquals(await page.locator("summary").isVisible(), false);
  await page.reload();
  assertEquals(await page.locator("dl").isVisible(), true);
});
