import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { browserSuite } from "../support/browser_suite.ts";
import {
  channelsButton,
  dataOf,
  live,
  publishMany,
  publishOn,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";

const { test, visit } = await browserSuite();

/** The number of events of a long stream. */
const MANY = 10_000;

test("two tabs show what either publishes, also past a server that is killed", async () => {
  await using visited = await visit();
  const { page } = visited;
  const dir = await Deno.makeTempDir();
  const args = [
    "--token",
    "t",
    "--journal",
    `sqlite:${join(dir, "events.db")}`,
  ];
  try {
    const killed = await startServer(["--port", "0", ...args]);
    const other = await page.context().newPage();
    const tabs = [page, other];
    for (const tab of tabs) {
      await tab.goto(`${killed.url}#token=t`);
      await live(tab);
    }
    await publishOn(page, { data: "one" });
    await publishOn(other, { data: "two\nlines" });
    for (const tab of tabs) {
      const { rows } = await untilChannels(tab, ({ rows }) => rows.length > 1);
      assertEquals(
        rows.map((cells) => cells.slice(2)),
        [["message", "one"], ["message", "two\nlines"]],
      );
      const [time, id] = rows[0]!;
      assertMatch(time!, /^\d\d:\d\d:\d\d\.\d{3}$/);
      assertMatch(id!, /^\d+-\d+\.\w{6}$/);
      const idCells = tab.locator('[role="cell"]', { hasText: id! });
      const lines = await idCells.first().evaluate((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(({ top }) => top)).size;
      });
      assertEquals(lines, 1);
    }
    const { outcome } = await shownChannels(page);
    assertMatch(
      outcome,
      /^Published as \d+-\d+\.\w{6} to 2 clients, \d\d:\d\d:\d\d your time$/,
    );

    // One tab is away meanwhile; the other finds no server.
    await channelsButton(page, "Pause").click();
    await untilChannels(page, ({ status }) => status === "Paused");
    await publishOn(page, { data: "three" });
    await untilChannels(other, ({ rows }) => rows.length > 2);
    await killed.kill("SIGKILL");
    await untilChannels(other, ({ status }) => status === "Reconnecting");
    await using _ = await startServer([
      ...["--port", String(killed.port)],
      ...args,
    ]);
    await channelsButton(page, "Resume").click();
    for (const tab of tabs) await live(tab);
    await publishOn(other, { data: "four" });
    const came = (tab: Page, notes: string[]) =>
      untilChannels(tab, (shown) => dataOf(shown).at(-1) === "four")
        .then((shown) =>
          assertEquals(dataOf(shown), ["one", "two\nlines", ...notes, "four"])
        );
    await came(page, ["paused", "three", "1 missed event came back"]);
    await came(other, [
      "three",
      "the connection was lost",
      "nothing was missed",
    ]);
    await other.close();
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

test("a dropped connection comes back with what was missed", async () => {
  await using visited = await visit();
  const { page, url, faults } = visited;
  // A client that saw no event comes back by whole seconds, which must not begin before the server's start.
  await page.waitForTimeout(1_100);
  await page.goto("/");
  await live(page);
  // The same before there was any event.
  for (const [data, more] of [["first", 3], ["second", 6]] as const) {
    await channelsButton(page, "Drop the connection").click();
    await untilChannels(
      page,
      ({ status }) => status === "Reconnecting: the connection was dropped",
    );
    await publish(url, "news", data);
    await channelsButton(page, "Reconnect").click();
    const { status } = await untilChannels(
      page,
      ({ rows }) => rows.length === more,
    );
    assertEquals(status, "Live: 1 missed event came back");
  }
  assertEquals(dataOf(await shownChannels(page)), [
    "the connection was dropped",
    "first",
    "1 missed event came back",
    "the connection was dropped",
    "second",
    "1 missed event came back",
  ]);
  await channelsButton(page, "Pause").click();
  await untilChannels(page, ({ status }) => status === "Paused");
  await channelsButton(page, "Resume").click();
  const { rows } = await untilChannels(page, ({ rows }) => rows.length > 7);
  assertEquals(rows.at(-1), ["nothing was missed"]);
  assertEquals(faults, []);
});

test("ten thousand events stay smooth, and what is read stays in place", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto("/");
  await live(page);
  await publishMany(url, MANY);
  const end = await untilChannels(
    page,
    (shown) => dataOf(shown).at(-1) === `event ${MANY}`,
  );
  assertEquals(
    end.received,
    `${MANY} events received. Any older ones are not shown: the list is full`,
  );
  assert(end.nodes < 1_200, `${end.nodes} elements`);
  assert(await page.getByText(`event ${MANY}`, { exact: true }).isVisible());

  // The oldest are there too.
  const scroller = page.locator(".scroller");
  await scroller.evaluate((element) => element.scrollTop = 0);
  const first = page.getByText("event 1", { exact: true });
  await first.waitFor();
  const top = (await first.boundingBox())!.y;
  const newest = page.locator(".newest");
  assertEquals(await newest.innerText(), "To the newest");
  await publish(url, "news", "later");
  await page.locator(".newest", { hasText: "1 new event" }).waitFor();
  assertEquals((await first.boundingBox())!.y, top);
  const { nodes } = await shownChannels(page);
  assert(nodes < 1_200, `${nodes} elements`);

  // In the middle too, while older ones are dropped.
  await scroller.evaluate((element) => element.scrollTop *= 0.5);
  await scroller.evaluate((element) =>
    element.scrollTop = element.scrollHeight / 2
  );
  await page.waitForTimeout(100);
  const middle = await page.evaluate(() => {
    const { top } = document.querySelector(".scroller")!
      .getBoundingClientRect();
    return [...document.querySelectorAll(".row")]
      .find((row) => row.getBoundingClientRect().top > top)!
      .querySelector(".data")!.textContent!;
  });
  const read = page.getByText(middle, { exact: true });
  const place = (await read.boundingBox())!.y;
  await publishMany(url, 1_000);
  await page.locator(".newest", { hasText: "1001 new events" }).waitFor();
  assert(Math.abs((await read.boundingBox())!.y - place) <= 1);

  await newest.click();
  await page.getByText("event 1000", { exact: true }).last().waitFor();
  await publish(url, "news", "last");
  await untilChannels(page, (shown) => dataOf(shown).at(-1) === "last");
  assert(await page.getByText("last", { exact: true }).isVisible());
  assertMatch(
    (await shownChannels(page)).received,
    /^11002 events received, the last 100\d\d of them kept here$/,
  );
});

test("text that is selected stays, whatever comes", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto("/");
  await live(page);
  await publish(url, "news", "read me");
  await publishMany(url, 30);
  await untilChannels(page, ({ rows }) => rows.length > 30);
  await page.getByText("event 30", { exact: true }).evaluate((element) =>
    getSelection()!.selectAllChildren(element)
  );
  await publishMany(url, 1_000);
  await page.locator(".newest", { hasText: "1000 new events" }).waitFor();
  assertEquals(await page.evaluate(() => `${getSelection()}`), "event 30");
});

test("every event is shown, whatever its type and channel", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto("/?channels=news");
  await live(page);
  await publish(url, "news?event=what%20ever", "a");
  await untilChannels(page, ({ rows }) => rows.length > 0);
  await page.fill("#channels-field", "news, chat");
  await page.keyboard.press("Enter");
  await untilChannels(page, ({ rows }) => rows[0]?.length === 5);
  await live(page);
  await publish(url, "news?event=x:y", "b");
  await publish(url, "chat", "c");
  const { rows } = await untilChannels(page, ({ rows }) => rows.length > 2);
  assertEquals(rows.map((cells) => cells.slice(2)), [
    // What was published before is shown as well.
    ["news", "what ever", "a"],
    ["news", "x:y", "b"],
    ["chat", "message", "c"],
  ]);
});

test("the token in the fragment goes out of the address bar, into no other address, and stays for the tab alone", async () => {
  await using visited = await visit();
  const { page, faults } = visited;
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  const secret = "S3cret-t0ken";
  await using server = await startServer([
    ...["--port", "0"],
    ...["--token", secret],
  ]);
  await page.goto(`${server.url}?tz=UTC#token=${secret}`);
  await live(page);
  assertEquals(page.url(), `${server.url}?tz=UTC`);
  await page.selectOption("#tz", "Asia/Tokyo");
  await page.fill("#channels-field", " chat,news ");
  await channelsButton(page, "Show").click();
  await untilChannels(page, ({ status }) => status.startsWith("Live"));
  assertEquals(
    page.url(),
    `${server.url}?tz=Asia/Tokyo&channels=chat,news`,
  );
  await publishOn(page, {});
  const { rows } = await untilChannels(page, ({ rows }) => rows.length > 0);
  assertEquals(rows[0]!.slice(2), ["chat", "message", "Hello"]);

  await page.goBack();
  await page.waitForFunction(() =>
    document.querySelector<HTMLInputElement>("#channels-field")!.value ===
      "news"
  );
  assertEquals(await page.inputValue("#tz"), "Asia/Tokyo");
  assertEquals(page.url(), `${server.url}?tz=Asia/Tokyo`);
  await page.goForward();
  await page.reload();
  assertEquals(await page.inputValue("#channels-field"), "chat, news");
  await live(page);
  await publishOn(page, {});
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Published"));
  assert(urls.length > 10);
  assertEquals(urls.filter((url) => url.includes(secret)), []);
  assertEquals(await page.evaluate(() => localStorage.length), 0);
  assertEquals(await page.inputValue("#token"), secret);
  // Typed into the address of a page that is open.
  await page.evaluate(() => location.hash = "#a&token=other");
  await page.waitForFunction(() =>
    document.querySelector<HTMLInputElement>("#token")!.value === "other"
  );
  assertEquals(new URL(page.url()).hash, "#a");
  const other = await page.context().newPage();
  await other.goto(server.url);
  assertEquals(await other.inputValue("#token"), "");
  assertEquals(faults.filter((fault) => !fault.startsWith("to ")), []);
});
