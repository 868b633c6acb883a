import { assertEquals, assertMatch } from "@std/assert";
import { timeFormat } from "../../clock/zone.ts";
import { browserSuite } from "../support/browser_suite.ts";
import { shown, untilShown } from "../support/clock_page.ts";

const { test, visit } = await browserSuite();

test("a zone that is chosen before the script comes is the one that is shown", async () => {
  await using visited = await visit();
  const { page } = visited;
  const script = Promise.withResolvers<void>();
  await page.route("/static/clock.js", async (route) => {
    await script.promise;
    await route.continue();
  });
  await page.goto("/?tz=UTC", { waitUntil: "commit" });
  await page.selectOption("#tz", "Asia/Tokyo");
  assertMatch(await page.innerText(".zone"), /^UTC/);
  script.resolve();
  const { time, ms } = await untilShown(
    page,
    ({ zone, events }) => zone === "Asia/Tokyo, UTC+09:00" && events > 0,
  );
  assertEquals(time, timeFormat("Asia/Tokyo")(ms));
  assertEquals(await page.inputValue("#tz"), "Asia/Tokyo");
  assertEquals(new URL(page.url()).search, "?tz=Asia/Tokyo");
});

test("where the script does not come, no control is enabled that needs it", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.route("/static/*.js", (route) => route.abort());
  await page.goto("/?tz=Asia/Tokyo&channels=chat");
  const enabled = page.locator("button:enabled");
  assertEquals(await enabled.allInnerTexts(), ["Show", "Show"]);
  assertEquals(await page.getByText("Ctrl+Enter").count(), 0);
  await enabled.last().click();
  await page.waitForURL("/?channels=chat&tz=Asia%2FTokyo");
  await page.press("#data", "Control+Enter");
  await page.press("#type", "Enter");
  assertEquals(new URL(page.url()).search, "?channels=chat&tz=Asia%2FTokyo");
});

test("a zone is found by either name when typed, and shown by today's", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=UTC");
  await untilShown(page, ({ events }) => events > 0);
  for (
    const [typed, zone] of [
      ["Kiev", "Europe/Kyiv"],
      ["Kolkata", "Asia/Kolkata"],
      ["Kyiv", "Europe/Kyiv"],
      ["Calcutta", "Asia/Kolkata"],
    ] as const
  ) {
    await page.focus("#tz");
    await page.keyboard.type(typed);
    await untilShown(page, (now) => now.zone.startsWith(`${zone}, UTC`));
    await page.waitForFunction(
      (zone) =>
        document.querySelector<HTMLSelectElement>("#tz")!.value === zone,
      zone,
    );
    assertEquals(new URL(page.url()).search, `?tz=${zone}`);
    // The browser takes keys within a second as one word.
    await page.waitForTimeout(1_100);
  }
  await page.goto("/?tz=asia/calcutta");
  const { zone } = await shown(page);
  assertMatch(zone, /^Asia\/Kolkata, UTC\+05:30$/);
});
