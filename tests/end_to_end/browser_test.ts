import { assert, assertEquals, assertMatch } from "@std/assert";
import { timeFormat } from "../../clock/zone.ts";
import { browserSuite } from "../support/browser_suite.ts";
import {
  assertUnbroken,
  cameBack,
  clockButton,
  pass,
  shown,
  untilShown,
} from "../support/clock_page.ts";
import { startServer } from "../support/server_process.ts";

const { test, visit } = await browserSuite();

const TEN_LINES = `<!doctype html>
<title>Time</title>
<div id="time"></div>
<script>
  const source = new EventSource("/sse/");
  source.onmessage = (event) => {
    document.getElementById("time").innerText = event.data;
  };
</script>
`;

test("the page ticks on, second by second", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=Asia/Kolkata");
  const first = await untilShown(page, ({ events }) => events > 0);
  const later = await untilShown(page, ({ events }) => events > 2);
  assertEquals(later.status, "Live");
  assertEquals(later.time, timeFormat("Asia/Kolkata")(later.ms));
  assertUnbroken(first, later);
  assertMatch(await page.innerText("dl"), /Lateness\s+-?\d+ ms/);
});

test("the island takes over the server's elements and has its own address in the curl line", async () => {
  await using visited = await visit();
  const { page } = visited;
  let origin = "";
  await page.route("/", async (route) => {
    const response = await route.fetch();
    origin = new URL(response.url()).origin;
    const html = await response.text();
    // As the server sees it from a proxy that speaks HTTPS to the outside.
    const body = html.replaceAll(origin, "http://inner.test");
    await route.fulfill({ response, body });
  });
  const client = Promise.withResolvers<void>();
  await page.route("/static/clock.js", async (route) => {
    await client.promise;
    await route.continue();
  });
  await page.goto("/", { waitUntil: "commit" });
  const served = await page.waitForSelector("time .clock");
  assertEquals(await page.innerText("pre"), "curl -N http://inner.test/sse/");
  client.resolve();
  const { time } = await untilShown(page, ({ events }) => events > 1);
  assert(time.endsWith(await served.innerText()));
  assertEquals(await page.locator("time").count(), 1);
  assertEquals(await page.innerText("pre"), `curl -N ${origin}/sse/`);
});

test("the zone can be chosen, and the address keeps it", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?tz=us/pacific");
  const before = await untilShown(page, ({ events }) => events > 0);
  await page.selectOption("#tz", "Asia/Tokyo");
  const tokyo = await untilShown(
    page,
    ({ zone }) => zone === "Asia/Tokyo, UTC+09:00",
  );
  assertEquals(tokyo.time, timeFormat("Asia/Tokyo")(tokyo.ms));
  assertEquals(new URL(page.url()).search, "?tz=Asia/Tokyo");
  assertEquals(await page.title(), "Time in Asia/Tokyo · Chime");

  await page.goBack();
  await untilShown(page, ({ zone }) => zone.startsWith("America/Los_Angeles"));
  assertEquals(await page.inputValue("#tz"), "America/Los_Angeles");
  assertEquals(new URL(page.url()).search, "?tz=us/pacific");
  await page.goForward();
  const after = await untilShown(
    page,
    (now) => now.zone.startsWith("Asia/Tokyo") && now.events > tokyo.events + 1,
  );
  assertEquals(after.time, timeFormat("Asia/Tokyo")(after.ms));
  assertUnbroken(before, after);

  await page.reload();
  assertEquals(await page.inputValue("#tz"), "Asia/Tokyo");
  assertMatch(await page.innerText(".zone"), /^Asia\/Tokyo/);
});

test("a pause closes the stream, and what was missed comes back", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  await untilShown(page, ({ events }) => events > 1);
  await clockButton(page, "Pause").click();
  const paused = await untilShown(page, ({ status }) => status === "Paused");
  await pass(page, 3);
  assertEquals(await shown(page), paused);
  // A zone that is chosen meanwhile is the zone of the time that is shown.
  await page.selectOption("#tz", "Asia/Tokyo");
  const { time } = await untilShown(page, ({ zone }) => zone !== paused.zone);
  assertEquals(time, timeFormat("Asia/Tokyo")(paused.ms));
  await clockButton(page, "Resume").click();
  const resumed = await untilShown(page, (now) => cameBack(now) >= 3);
  const live = await untilShown(page, ({ events }) => events > resumed.events);
  assertUnbroken(paused, live);
});

test("a killed server is found again, and what was missed comes back", async () => {
  await using visited = await visit();
  const { page } = visited;
  const killed = await startServer();
  await page.goto(killed.url);
  const before = await untilShown(page, ({ events }) => events > 0);
  await killed.kill("SIGKILL");
  await untilShown(page, ({ status }) => status === "Reconnecting");
  await pass(page, 2);
  await using _ = await startServer(["--port", String(killed.port)]);
  const back = await untilShown(page, (now) => cameBack(now) >= 2);
  const live = await untilShown(page, ({ events }) => events > back.events + 1);
  assertUnbroken(before, live);
});

test("a refused stream is said to be closed, and can be tried again", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.route("/sse/?*", (route) => route.fulfill({ status: 400 }));
  await page.goto("/");
  await untilShown(
    page,
    ({ status }) => status.startsWith("Closed: the server"),
  );
  await page.unroute("/sse/?*");
  await clockButton(page, "Try again").click();
  await untilShown(page, ({ status }) => status === "Live");
});

test("a full server is waited for", async () => {
  await using visited = await visit();
  const { page } = visited;
  let refusals = 0;
  await page.route("/sse/?*", (route) => {
    refusals++;
    const body = 'event: status\ndata: {"state":"overloaded"}\nretry: 50\n\n';
    return route.fulfill({ contentType: "text/event-stream", body });
  });
  await page.goto("/");
  await untilShown(page, () => refusals > 2);
  const { status } = await shown(page);
  assertEquals(status, "Reconnecting: the server is full");
  await page.unroute("/sse/?*");
  await untilShown(page, ({ status }) => status === "Live");
});

test("a page that the browser puts aside closes its stream, and goes on when it is back", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/");
  const before = await untilShown(page, ({ events }) => events > 0);
  const closed = page.waitForEvent("requestfailed");
  await page.evaluate(() =>
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))
  );
  assertMatch((await closed).url(), /\/sse\//);
  await pass(page, 2);
  await page.evaluate(() =>
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))
  );
  assertUnbroken(before, await untilShown(page, (now) => cameBack(now) > 0));
});

test("the page that ten lines make works", async () => {
  await using visited = await visit();
  const { page, faults } = visited;
  await page.route(
    "/ten-lines",
    (route) => route.fulfill({ contentType: "text/html", body: TEN_LINES }),
  );
  await page.goto("/ten-lines");
  const time = page.locator("#time", { hasText: "The current time is 2" });
  const first = await time.innerText();
  await page.locator("#time", { hasNotText: first }).waitFor();
  assertMatch(await time.innerText(), / \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assertEquals(faults, []);
});

test("a session has no error and asks nobody but its server", async () => {
  await using visited = await visit();
  const { page, faults } = visited;
  await page.goto("/?tz=Europe/Paris");
  await untilShown(page, ({ events }) => events > 1);
  await page.selectOption("#tz", "UTC");
  await clockButton(page, "Pause").click();
  await clockButton(page, "Resume").click();
  await untilShown(page, ({ status }) => status.startsWith("Live"));
  await page.goBack();
  await page.reload();
  await untilShown(page, ({ events }) => events > 0);
  assertEquals(faults, []);
});
