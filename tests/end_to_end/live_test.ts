import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { bothBrowsers, type ProxiedPage } from "../support/both_browsers.ts";
import {
  dataOf,
  live,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { assertUnbroken, shown, untilShown } from "../support/clock_page.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { until } from "../support/until.ts";

const test = await bothBrowsers();

/** Gives the page another interval of heartbeats, in ms, so that no test has to wait for the server's. */
function setHeartbeat(ms: number): void {
  document.addEventListener("readystatechange", () => {
    const { dataset } = document.querySelector<HTMLElement>("#channels")!;
    dataset.props = dataset.props!
      .replace(/"heartbeatMs":\d+/, `"heartbeatMs":${ms}`);
  }, { once: true });
}

/** Keeps timers from firing that are as long as a wait for the next connection. */
function stopRetries(): void {
  const { setTimeout } = globalThis;
  Object.assign(globalThis, {
    setTimeout: (fn: TimerHandler, ms = 0) => ms < 400 ? setTimeout(fn, ms) : 0,
  });
}

/** Waits for both parts of the page to be live. */
async function untilLive(page: ProxiedPage): Promise<void> {
  await untilShown(page, ({ status }) => status.startsWith("Live"));
  await live(page);
}

test("a connection that goes silent is said to be reconnecting, and comes back from its last id", async ({ page, proxy, server }) => {
  await page.goto(proxy.url);
  await untilLive(page);
  await publish(server.url, "news", "one");
  await untilChannels(page, (now) => dataOf(now).at(-1) === "one");
  proxy.silence();
  const ticks = await untilShown(
    page,
    ({ status }) => status === "Reconnecting",
  );
  // The clock says so to the channels, long before they would know by themselves.
  await untilChannels(
    page,
    ({ status }) => status.startsWith("Reconnecting"),
  );
  await publish(server.url, "news", "two");
  proxy.heal();
  await untilChannels(page, (now) => dataOf(now).includes("two"));
  const later = await untilShown(
    page,
    ({ events }) => events > ticks.events + 3,
  );
  assertUnbroken(ticks, later);
  const rows = dataOf(await shownChannels(page));
  assertEquals(rows.slice(0, 4), [
    "one",
    "the clock fell silent",
    "two",
    "1 missed event came back",
  ]);
});

test("a connection that is silent from the start is not live, and is given up", async ({ page, proxy, before }) => {
  await before(setHeartbeat, 1_600);
  await page.goto(proxy.url);
  await untilLive(page);
  proxy.silence();
  proxy.drop();
  await untilShown(page, ({ status }) => status === "Reconnecting");
  // Each part of the page asks again and again, as it gives up what is not answered.
  const { accepted } = proxy;
  await until(async () => {
    assertEquals((await shown(page)).status, "Reconnecting");
    return proxy.accepted >= accepted + 4;
  }, { message: () => "the page does not come back" });
  assertEquals((await shownChannels(page)).status, "Reconnecting");
  proxy.heal();
  await untilLive(page);
});

test("the page comes back at once when it is shown, or the network returns", async ({ page, proxy, before }) => {
  await before(setHeartbeat, 1_200);
  await before(stopRetries);
  await page.goto(proxy.url);
  for (
    const happen of [
      () => dispatchEvent(new Event("online")),
      () => document.dispatchEvent(new Event("visibilitychange")),
      () =>
        dispatchEvent(
          new PageTransitionEvent("pageshow", { persisted: true }),
        ),
    ]
  ) {
    await untilLive(page);
    proxy.silence();
    await untilShown(page, ({ status }) => status === "Reconnecting");
    await untilChannels(page, ({ status }) => status === "Reconnecting");
    proxy.heal();
    await page.evaluate(happen);
  }
  await untilLive(page);
});

test("a navigation that leaves the page in place stops nothing", async ({ page, proxy, server }) => {
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) =>
      url.endsWith("/nothing")
        ? new Response(null, { status: 204 })
        : new Response("x", {
          headers: { "content-disposition": "attachment; filename=chime.txt" },
        }),
  );
  const go = (path: string) =>
    `location.href = "http://127.0.0.1:${other.addr.port}/${path}"`;
  await page.goto(proxy.url);
  for (const how of [go("nothing"), go("download"), "window.stop()"]) {
    await untilLive(page);
    const before = await shown(page);
    await page.evaluate(new Function(how) as () => void);
    await publish(server.url, "news", how);
    await untilChannels(page, (now) => dataOf(now).includes(how));
    // What the navigation stopped, it stopped by now.
    const after = await untilShown(
      page,
      ({ events }) => events > before.events + 4,
    );
    assertUnbroken(before, after);
  }
  await untilLive(page);
});

test("a quiet channel is live at once", async ({ page, proxy }) => {
  await page.goto(proxy.url);
  await live(page);
  const sinceMs = await page.evaluate(() => performance.now());
  assert(sinceMs < 5_000, `live after ${sinceMs} ms`);
});

test("a tab that is opened in the background takes no connection until it is shown", async ({ page, proxy, server, before }) => {
  await before(() => {
    Object.defineProperty(document, "hidden", {
      value: true,
      configurable: true,
    });
  });
  await page.goto(proxy.url);
  await delay(1_000);
  const clients = async () =>
    [...await scrape(server.url)]
      .filter(([name]) => name.startsWith("chime_streams"))
      .map(([, count]) => count);
  assertEquals(await clients(), [0, 0]);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: false });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await untilLive(page);
  assertEquals(await clients(), [1, 1]);
});

for (const byMs of [-3_600_000, 3_600_000]) {
  test(`what was missed comes back after the reader's clock was set by ${byMs} ms`, async ({ page, proxy, server }) => {
    await page.goto(proxy.url);
    await untilLive(page);
    await page.evaluate(
      new Function(
        `const now = Date.now; Date.now = () => now() + ${byMs};`,
      ) as () => void,
    );
    proxy.silence();
    proxy.drop();
    await untilChannels(page, ({ status }) => status === "Reconnecting");
    await publish(server.url, "news", "missed");
    proxy.heal();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await untilChannels(page, (now) => dataOf(now).includes("missed"));
  });
}

test("lateness is never off by what performance.now() misses in a sleep", async ({ page, proxy }) => {
  const lateness = () =>
    page.evaluate(() => {
      const [dt] = [...document.querySelectorAll("dt")]
        .filter(({ textContent }) => textContent === "Lateness");
      return dt!.nextElementSibling!.textContent!;
    });
  const measured = async () => {
    const text = await until(async () => {
      const text = await lateness();
      return text !== "–" && text;
    }, { message: () => "no lateness" });
    return Number.parseInt(text);
  };
  await page.goto(proxy.url);
  await measured();
  await page.evaluate(() => {
    const now = performance.now.bind(performance);
    const startMs = now();
    performance.now = () => Math.max(startMs, now() - 4_000);
  });
  const { events } = await shown(page);
  await untilShown(page, (now) => now.events > events);
  for (let i = 0; i < 3; i++) {
    assert(Math.abs(await measured()) < 2_000, `${await lateness()}`);
    const { events } = await shown(page);
    await untilShown(page, (now) => now.events > events);
  }
});
