import { assert, assertEquals, assertMatch } from "@std/assert";
import { tooWide, violations } from "../support/accessibility.ts";
import { browserSuite } from "../support/browser_suite.ts";
import { clockButton, untilShown } from "../support/clock_page.ts";

const { test, visit } = await browserSuite();

test("axe finds nothing, in light and in dark", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=Mars/Olympus");
  await untilShown(page, ({ events }) => events > 1);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assertEquals(await violations(page), [], `live, ${colorScheme}`);
  }
  await clockButton(page, "Pause").click();
  await untilShown(page, ({ status }) => status === "Paused");
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    assertEquals(await violations(page), [], `paused, ${colorScheme}`);
  }
});

test("nothing sticks out of the page, narrow, wide and at 200 %", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=America/Argentina/ComodRivadavia");
  await untilShown(page, ({ events }) => events > 1);
  for (
    const [width, fontSize] of [
      [320, "100%"],
      [1280, "100%"],
      // 1,280 px at 200 %: the whole page, then only its text.
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
  await untilShown(page, ({ events }) => events > 0);
  const focused = () =>
    page.evaluate(() => {
      const { outlineStyle } = getComputedStyle(document.activeElement!);
      return `${document.activeElement!.localName} ${outlineStyle}`;
    });
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "select solid");
  await page.keyboard.type("Prague");
  await untilShown(page, ({ zone }) => zone.startsWith("Europe/Prague"));
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "button solid");
  await page.keyboard.press("Enter");
  await untilShown(page, ({ status }) => status === "Paused");
  await page.keyboard.press("Space");
  await untilShown(page, ({ status }) => status.startsWith("Live"));
  const rest = [];
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("Tab");
    rest.push(await focused());
  }
  // Each of the channels' controls once, and nothing keeps the focus.
  assertEquals(rest.slice(0, -1), [
    "input solid",
    "button solid",
    "button solid",
    "button solid",
    "div solid",
    "input solid",
    "input solid",
    "input solid",
    "textarea solid",
    "button solid",
    "body none",
  ]);
});

test("a screen reader hears of the connection, not of each tick", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await untilShown(page, ({ status }) => status === "Live");
  const heard = await page.evaluateHandle(() => {
    const heard: string[] = [];
    const changes = { childList: true, characterData: true, subtree: true };
    for (
      const region of document.querySelectorAll(
        "#clock :is([role=status], [aria-live])",
      )
    ) {
      new MutationObserver(() => heard.push(region.textContent!))
        .observe(region, changes);
    }
    return heard;
  });
  const { events } = await untilShown(page, () => true);
  await untilShown(page, (now) => now.events > events + 2);
  assertEquals(await heard.jsonValue(), []);
  await clockButton(page, "Pause").click();
  await untilShown(page, ({ status }) => status === "Paused");
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
    await clockButton(page, "Pause").isVisible(),
    false,
  );
  await page.selectOption("#tz", "Asia/Tokyo");
  await page.locator("header").getByRole("button", { name: "Show" }).click();
  await page.waitForURL("/?tz=Asia%2FTokyo");
  assertMatch(await page.innerText("main"), /Asia\/Tokyo, UTC\+09:00/);
  assertEquals(faults, []);
});
