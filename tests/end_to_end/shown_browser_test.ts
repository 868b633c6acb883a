import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { browserSuite } from "../support/browser_suite.ts";
import {
  channelsButton,
  dataOf,
  live,
  publishOn,
  untilChannels,
} from "../support/channels_page.ts";
import { clockButton, untilShown } from "../support/clock_page.ts";
import { publish } from "../support/publish.ts";
import { within } from "../support/within.ts";

const { test, visit } = await browserSuite();

/** Does to the page what a browser's translation does: each text moves into an element of its own. */
function translate(page: Page): Promise<void> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(
      document.body,
      NodeFilter.SHOW_TEXT,
    );
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) {
      const parent = text.parentElement!;
      if (!parent.translate || parent.closest("script, textarea, select")) {
        continue;
      }
      if (!text.data.trim()) continue;
      const font = document.createElement("font");
      font.textContent = text.data;
      text.replaceWith(font);
    }
  });
}

test("a preview is cut between characters, an emoji of many parts included", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto("/");
  await live(page);
  const family = "👨‍👩‍👧‍👦";
  await publish(url, "news", `x${family.repeat(100)}`);
  await untilChannels(page, ({ rows }) => rows.length > 0);
  const text = await page.locator(".row .data").evaluate((cell) =>
    cell.firstChild!.textContent!
  );
  assertEquals(text.replaceAll(family, "."), `x${".".repeat(36)}…`);
  await channelsButton(page, "Show all 101 characters").waitFor();
});

test("text of either direction is shown and typed as its language goes", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto("/?channels=news,chat");
  await live(page);
  await publish(
    url,
    `news?event=${encodeURIComponent("سلام")}`,
    "שלום\nHello",
  );
  await untilChannels(page, ({ rows }) => rows.length > 0);
  const direction = (selector: string) =>
    page.locator(selector).evaluate((element) =>
      getComputedStyle(element).direction
    );
  assertEquals(await direction(".row .type"), "rtl");
  assertEquals(await direction(".row .data"), "rtl");
  assertEquals(await direction(".row .channel"), "ltr");
  for (const id of ["channels-field", "channel", "type", "data"]) {
    assertEquals(await direction(`#${id}`), "ltr", id);
    await page.fill(`#${id}`, "مرحبا");
    assertEquals(await direction(`#${id}`), "rtl", id);
  }
});

test("a page that the browser translates goes on", async () => {
  await using visited = await visit();
  const { page, url, faults } = visited;
  await page.goto("/#token=t");
  await live(page);
  await publish(url, "news", "one");
  await untilChannels(page, ({ rows }) => rows.length > 0);
  await translate(page);
  assertEquals(await page.locator(".publish h3 font").count(), 1);
  const { events } = await untilShown(page, () => true);
  await untilShown(page, (now) => now.events > events + 1);
  await clockButton(page, "Pause").click();
  await untilShown(page, ({ status }) => status === "Paused");
  await clockButton(page, "Resume").click();
  await untilShown(page, ({ status }) => status.startsWith("Live"));
  await page.selectOption("#tz", "Asia/Tokyo");
  await untilShown(page, ({ zone }) => zone.startsWith("Asia/Tokyo"));
  await page.fill("#channels-field", "a b");
  await page.keyboard.press("Enter");
  await page.locator("#channels-fault", { hasText: "Cannot use" }).waitFor();
  await page.fill("#channels-field", "news,chat");
  await page.keyboard.press("Enter");
  await live(page);
  await page.fill("#channel", "chat");
  await page.fill("#data", "two");
  await page.locator(".publish button").click();
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Published"));
  await untilChannels(page, (shown) => dataOf(shown).at(-1) === "two");
  await page.locator(".terminal", { hasText: "/sse/news,chat" }).waitFor();
  await page.fill("#token", "wrong");
  await page.locator(".publish button").click();
  await page.locator("#token-fault", { hasText: "not the right token" })
    .waitFor();
  assertEquals(
    faults.filter((fault) => !fault.includes("401 (Unauthorized)")),
    [],
  );
});

test("times say whose they are, and their date where it is not today's", async () => {
  await using visited = await visit({ timezoneId: "Asia/Calcutta" });
  const { page, url } = visited;
  await page.goto("/?tz=America/New_York#token=t");
  await live(page);
  await publishOn(page, {});
  const { outcome } = await untilChannels(
    page,
    ({ rows, outcome }) => rows.length > 0 && outcome.startsWith("Published"),
  );
  assertMatch(outcome, /, \d\d:\d\d:\d\d your time$/);
  assertEquals(
    await page.innerText(".head [role=columnheader]:first-child"),
    "Your time",
  );
  assertMatch(
    await page.innerText(".events"),
    /Times are those of this browser’s zone, Asia\/Kolkata$/,
  );
  const time = page.locator(".row time").first();
  const stamp = await time.getAttribute("datetime");
  const local = new Date(Date.parse(stamp!) + 330 * 60_000).toISOString();
  assertEquals(await time.innerText(), local.slice(11, -1));
  assertEquals(
    await time.getAttribute("title"),
    `${local.slice(0, -1).replace("T", " ")} UTC+05:30`,
  );
  // The next day.
  await page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 86_400_000;
  });
  await publish(url, "news", "later");
  await untilChannels(page, ({ rows }) => rows.length > 1);
  assertEquals(
    await time.innerText(),
    local.slice(0, -1).replace("T", " "),
  );
});

test("what is of today when it comes gets its date at midnight", async () => {
  await using visited = await visit({ timezoneId: "UTC" });
  const { page, url } = visited;
  const today = new Date().toISOString().slice(0, 10);
  await page.clock.install({ time: `${today}T23:59:00Z` });
  await page.goto("/");
  await live(page);
  await publish(url, "news", "today");
  await untilChannels(page, ({ rows }) => rows.length > 0);
  const time = page.locator(".row time");
  assertMatch(await time.innerText(), /^[\d:.]+$/);
  // Nothing else causes the list to be drawn again.
  await channelsButton(page, "Pause").click();
  await untilChannels(page, ({ status }) => status === "Paused");
  await page.clock.fastForward(61_000);
  await page.locator(".row time", { hasText: today }).waitFor();
});

test("all of a huge event is shown without keeping the page from anything else", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await live(page);
  const { longestMs, isWhole } = await within(page.evaluate(async () => {
    // A stream with an event that is larger than a server accepts.
    const data = "word ".repeat(800_000);
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) =>
      `${input}`.includes("huge")
        ? Promise.resolve(
          new Response(
            new ReadableStream({
              start: (body) =>
                body.enqueue(
                  new TextEncoder().encode(`id: 1-0\ndata: ${data}\n\n`),
                ),
            }),
            { headers: { "content-type": "text/event-stream" } },
          ),
        )
        : fetch(input, init);
    const until = async <T>(find: () => T | null | undefined | false) => {
      while (true) {
        const found = find();
        if (found) return found;
        await new Promise((done) => setTimeout(done, 10));
      }
    };
    const field = document.querySelector<HTMLInputElement>("#channels-field")!;
    field.value = "huge";
    field.form!.requestSubmit();
    const button = await until(() =>
      document.querySelector<HTMLButtonElement>(".row button")
    );
    // Out of sight, the button would cost nothing to draw.
    document.querySelector(".scroller")!.scrollIntoView();
    let longestMs = 0;
    let lastMs = performance.now();
    const watch = setInterval(() => {
      const nowMs = performance.now();
      longestMs = Math.max(longestMs, nowMs - lastMs);
      lastMs = nowMs;
    });
    button.click();
    const all = await until(() => document.querySelector(".all"));
    await until(() => all.textContent!.length >= data.length);
    await new Promise((done) => setTimeout(done, 100));
    clearInterval(watch);
    return { longestMs, isWhole: all.textContent === data };
  }));
  assert(isWhole);
  assert(longestMs < 500, `${longestMs} ms`);
});
