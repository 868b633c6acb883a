import { assert, assertEquals, assertMatch } from "@std/assert";
import { tooWide, violations } from "../support/accessibility.ts";
import { browserSuite } from "../support/browser_suite.ts";
import {
  channelsButton,
  dataOf,
  live,
  publishOn,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { publish } from "../support/publish.ts";

const { test, visit } = await browserSuite();

test("long data is cut short until one asks for all of it", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto("/");
  await live(page);
  const long = "line\n".repeat(100);
  await publish(url, "news", long);
  await publish(url, "news", "<b>markup</b>");
  const shown = await untilChannels(page, ({ rows }) => rows.length > 1);
  assert(dataOf(shown)[0]!.length < 60);
  assertEquals(dataOf(shown)[1], "<b>markup</b>");
  await channelsButton(page, "Show all 500 characters").click();
  assertEquals(await page.locator(".all").textContent(), long);
  assertEquals(await tooWide(page), []);
  await channelsButton(page, "Show less").click();
  await page.locator(".all").waitFor({ state: "detached" });
});

test("a wrong token is said at its field", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await live(page);
  await publishOn(page, { token: "wrong", data: "x" });
  await page.locator("#token[aria-invalid=true]").waitFor();
  assertEquals(
    await page.locator("#token-fault").innerText(),
    "This is not the right token.",
  );
  assertMatch(
    (await shownChannels(page)).outcome,
    /^Not published: see the token, [\d:]+ your time$/,
  );
  assertEquals(await page.evaluate(() => document.activeElement!.id), "token");
  await publishOn(page, { token: "t", type: "status" });
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Cannot use"));
  assertEquals(await page.locator("#token-fault").innerText(), "");
});

test("a pattern shows the events of what it covers, each with its channel, and what was before", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await publish(url, "news.old", "0");
  await page.goto("/?channels=news.*#token=t");
  await live(page);
  await publish(url, "news.a", "1");
  await publish(url, "other", "not covered");
  await publishOn(page, { data: "2" });
  const { rows } = await untilChannels(page, ({ rows }) => rows.length > 2);
  assertEquals(rows.map((cells) => cells.slice(2)), [
    ["news.old", "message", "0"],
    ["news.a", "message", "1"],
    ["news.example", "message", "2"],
  ]);
});

test("names that are none are said at the field, and change nothing", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await live(page);
  await page.fill("#channels-field", "a b");
  await channelsButton(page, "Show").click();
  await page.locator("#channels-field[aria-invalid=true]:focus").waitFor();
  assertMatch(
    await page.locator("#channels-fault").innerText(),
    /^Cannot use channel "a b": a name must be 1 to 256 of .* The page shows news\.$/,
  );
  assertEquals(new URL(page.url()).search, "");
  assertMatch((await shownChannels(page)).status, /^Live/);
  await page.fill("#channels-field", "ab");
  await page.keyboard.press("Enter");
  await page.locator("#channels-field[aria-invalid=false]").waitFor();
  assertEquals(new URL(page.url()).search, "?channels=ab");
});

test("axe finds nothing in the channels, and nothing sticks out", async () => {
  await using visited = await visit();
  const { page, url, faults } = visited;
  await page.goto("/?channels=news,a-channel-with-quite-a-long-name");
  await live(page);
  await publish(url, "a-channel-with-quite-a-long-name", "x".repeat(2_000));
  await publish(url, `news?event=${"type".repeat(20)}`, "word ".repeat(200));
  await untilChannels(page, ({ rows }) => rows.length > 1);
  await channelsButton(page, "Show all 2000 characters").click();
  await channelsButton(page, "Drop the connection").click();
  await publishOn(page, { token: "wrong" });
  await page.locator("#token[aria-invalid=true]").waitFor();
  // The expected 401.
  faults.length = 0;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assertEquals(await violations(page), [], colorScheme);
  }
  for (const [width, fontSize] of [[320, 100], [1_280, 100], [1_280, 200]]) {
    await page.setViewportSize({ width: width!, height: 800 });
    await page.evaluate((fontSize) => {
      document.documentElement.style.fontSize = `${fontSize}%`;
    }, fontSize);
    assertEquals(await tooWide(page), [], `${width} px, text ${fontSize} %`);
  }
  assertEquals(faults, []);
});

test("the keyboard alone publishes, and no event is read out", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  const heard = await page.evaluateHandle(() => {
    const heard: string[] = [];
    const changes = { childList: true, characterData: true, subtree: true };
    for (
      const region of document.querySelectorAll(
        "#channels :is([role=status], [role=alert], [role=log], [aria-live])",
      )
    ) {
      new MutationObserver(() => heard.push(region.textContent!))
        .observe(region, changes);
    }
    return heard;
  });
  await page.focus("#channels-field");
  // Show, drop, pause, the events, the channel, the type.
  for (let i = 0; i < 6; i++) await page.keyboard.press("Tab");
  await page.keyboard.type("greeting");
  for (let i = 0; i < 2; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("Good morning");
  await page.keyboard.press("Control+Enter");
  const { rows } = await untilChannels(page, ({ rows }) => rows.length > 0);
  assertEquals(rows[0]!.slice(2), ["greeting", "Good morning"]);
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Published"));
  const said = new Set(await heard.jsonValue());
  assertEquals(said.size, 2, `${[...said]}`);
  const [first, last] = said;
  assertEquals(first, "Publishing…");
  assertMatch(last!, /^Published as /);
});

test("without script the channels can be chosen, and their lines run in a terminal", async () => {
  await using visited = await visit({ javaScriptEnabled: false });
  const { page, url, faults } = visited;
  await page.goto("/?tz=UTC");
  await page.fill("#channels-field", "chat");
  await channelsButton(page, "Show the commands").click();
  assertEquals(new URL(page.url()).search, "?channels=chat&tz=UTC");
  const lines = await page.locator("#channels pre").allInnerTexts();
  assertEquals(lines[0], `curl -N ${url}sse/chat`);
  // Its style may come after its text.
  await channelsButton(page, "Publish").waitFor({ state: "hidden" });
  const text = await page.innerText("main");
  for (const cannot of ["Drop", "publish meanwhile", "Ctrl", "No event"]) {
    assert(!text.includes(cannot), cannot);
  }
  assertEquals(faults, []);
});
