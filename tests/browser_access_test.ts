import { assert, assertEquals, assertMatch } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { browserSuite } from "./browser_suite.ts";
import { until } from "./clock_page.ts";

const { test, visit } = await browserSuite();

/** What axe finds wrong with the page, one line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe })
      .axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html}`)
    );
  });
}

/** The elements that are wider than the page, or than their container. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body, body *")]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        const isInline = getComputedStyle(element).display === "inline";
        return left < 0 || right > document.documentElement.clientWidth ||
          !isInline && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => element.outerHTML.slice(0, 80))
  );
}

test("axe finds nothing, in light and in dark", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=Mars/Olympus");
  await until(page, ({ events }) => events > 1);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assertEquals(await violations(page), [], `live, ${colorScheme}`);
  }
  await page.getByRole("button", { name: "Pause" }).click();
  await until(page, ({ status }) => status === "Paused");
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    assertEquals(await violations(page), [], `paused, ${colorScheme}`);
  }
});

test("nothing sticks out of the page, narrow, wide and at 200 %", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=America/Argentina/ComodRivadavia");
  await until(page, ({ events }) => events > 1);
  for (
    const [width, fontSize] of [
      [320, "100%"],
      [1280, "100%"],
      // 1,280 px at 200 %: all of the page, then its text alone.
      [640, "100%"],
      [1280, "200%"],
    ] as const
  ) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate((fontSize) => {
      document.documentElement.style.fontSize = fontSize;
    }, fontSize);
    assertEquals(await tooWide(page), [], `${width} px, text ${fontSize}`);
  }
});

test("the keyboard alone reaches and operates everything", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=Europe/Paris");
  await until(page, ({ events }) => events > 0);
  const focused = () =>
    page.evaluate(() => {
      const { outlineStyle } = getComputedStyle(document.activeElement!);
      return `${document.activeElement!.localName} ${outlineStyle}`;
    });
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "select solid");
  await page.keyboard.type("Prague");
  await until(page, ({ zone }) => zone.startsWith("Europe/Prague"));
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "button solid");
  await page.keyboard.press("Enter");
  await until(page, ({ status }) => status === "Paused");
  await page.keyboard.press("Space");
  await until(page, ({ status }) => status.startsWith("Live"));
  // Nothing else takes the focus, and nothing keeps it.
  await page.keyboard.press("Tab");
  assertMatch(await focused(), /^body/);
});

test("a screen reader hears of the connection, not of each tick", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await until(page, ({ status }) => status === "Live");
  const heard = await page.evaluateHandle(() => {
    const heard: string[] = [];
    const changes = { childList: true, characterData: true, subtree: true };
    for (
      const region of document.querySelectorAll("[role=status], [aria-live]")
    ) {
      new MutationObserver(() => heard.push(region.textContent!))
        .observe(region, changes);
    }
    return heard;
  });
  const { events } = await until(page, () => true);
  await until(page, (now) => now.events > events + 2);
  assertEquals(await heard.jsonValue(), []);
  await page.getByRole("button", { name: "Pause" }).click();
  await until(page, ({ status }) => status === "Paused");
  assertEquals(await heard.jsonValue(), ["Paused"]);
});

test("without script the time is there, and a zone can be chosen", async () => {
  await using visited = await visit({ javaScriptEnabled: false });
  const { page, faults } = visited;
  const beforeMs = Date.now();
  await page.goto("/?tz=UTC");
  const stamp = await page.locator("time").getAttribute("datetime");
  const ms = Date.parse(stamp!.replace(" ", "T"));
  assert(ms > beforeMs - 1_000 && ms <= Date.now(), `${stamp}`);
  assertMatch(await page.innerText("main"), /Without script/);
  assertEquals(
    await page.getByRole("button", { name: "Pause" }).isVisible(),
    false,
  );
  await page.selectOption("#tz", "Asia/Tokyo");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL("/?tz=Asia%2FTokyo");
  assertMatch(await page.innerText("main"), /Asia\/Tokyo, UTC\+09:00/);
  assertEquals(faults, []);
});
