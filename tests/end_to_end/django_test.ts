import { assert, assertEquals } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { findChromium, launch } from "../support/chromium.ts";
import { startDjango } from "../support/django.ts";
import { siteMissing, startNginxSite } from "../support/nginx_site.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

const executable = await findChromium();
const reason = siteMissing ?? (executable ? undefined : "no Chromium");

/** A Django site with Chime, brought by nginx, and a browser. */
async function setUp() {
  await using stack = new AsyncDisposableStack();
  const django = stack.use(await startDjango("--tls"));
  const server = stack.use(
    await startServer([
      ...["--port", "0", "--token", "t", "--private", "*"],
      ...["--auth-url", django.authUrl, "--trusted-proxy", "127.0.0.1"],
    ]),
  );
  const site = stack.use(
    await startNginxSite({ site: django.port, chime: server.port }),
  );
  const browser = await launch(executable!);
  stack.defer(() => browser.close());
  const open = stack.move();
  return {
    site,
    server,
    browser,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Logs a user in, in a browser of its own, and waits until the page is live. */
async function enter(browser: Browser, url: string, user: number) {
  const context = await browser.newContext({
    baseURL: url,
    ignoreHTTPSErrors: true,
  });
  const page = await context.newPage();
  await page.goto(`/login/${user}`);
  await page.goto("/");
  await page.waitForFunction(() => document.title === "live");
  return page;
}

function itemsOf(page: Page): Promise<string[]> {
  return page.locator("li").allTextContents();
}

/** Reads a URL in the page for a moment: its status and what came. */
function read(
  page: Page,
  url: string,
  method = "GET",
): Promise<{ status: number; text: string }> {
  return page.evaluate(async ({ url, method }) => {
    const controller = new AbortController();
    const response = await fetch(url, {
      method,
      signal: controller.signal,
      credentials: "include",
    }).catch((error) => `${error}`);
    if (typeof response === "string") return { status: 0, text: response };
    setTimeout(() => controller.abort(), 300);
    let text = "";
    const reader = response.body?.pipeThrough(new TextDecoderStream())
      .getReader();
    try {
      while (reader) {
        const { done, value } = await reader.read();
        if (done) break;
        text += value;
      }
    } catch {
      // It was a stream.
    }
    return { status: response.status, text };
  }, { url, method });
}

Deno.test({
  name:
    `Two users of a Django site behind nginx with TLS get their own events alone, and nothing brings them another's${
      reason ? ` (skipped: ${reason})` : ""
    }`,
  ignore: reason !== undefined,
  async fn() {
    await using all = await setUp();
    const { site, server, browser } = all;
    const ada = await enter(browser, site.url, 42);
    const bob = await enter(browser, site.url, 43);
    const { id } = await publish(server.url, "user.42", "for ada");
    await publish(server.url, "user.43", "for bob");
    await until(async () => (await itemsOf(ada)).length > 0);
    await until(async () => (await itemsOf(bob)).length > 0);
    assertEquals(await itemsOf(ada), ["for ada"]);
    assertEquals(await itemsOf(bob), ["for bob"]);

    const own = await read(bob, "/sse/user.43?since=earliest");
    assertEquals([own.status, own.text.includes("for bob")], [200, true]);
    const protocol = await bob.evaluate(() =>
      performance.getEntriesByType("navigation")
        .map((entry) => (entry as PerformanceNavigationTiming).nextHopProtocol)
    );
    assertEquals(protocol, ["h2"]);

    const names = [
      ...[
        "user.42",
        "user.42,user.43",
        "user.43,user.42",
        "user%2E42",
        "User.42",
      ],
      ...[
        "user.43/../user.42",
        "user.43%2F..%2Fuser.42",
        "./user.42",
        "%2e/user.42",
      ],
      ...[
        "user.43%2Cuser.42",
        "/user.42",
        "user.43//user.42",
        "user.42/",
        "user.*",
      ],
      ...[
        "*",
        "user.%2A",
        "user.43%00,user.42",
        "user.42%20",
        "user.42;user.43",
      ],
      ...[
        "user.43/..;/user.42",
        "user%252E42",
        "user.42%23",
        "user.42\\",
        "%75ser.42",
      ],
    ];
    const queries = [
      "?since=earliest",
      "?latest=9",
      `?lastEventId=${id}`,
      "?channel=user.42&since=earliest",
      "?ticket=x&since=earliest",
      "?access_token=t&token=t&since=earliest",
    ];
    const tried = [
      ...names.map((name) => `/sse/${name}?since=earliest`),
      ...queries.map((query) => `/sse/user.42${query}`),
      "/sse//user.42?since=earliest",
      "/sse/../sse/user.42?since=earliest",
      "/sse?since=earliest&channel=user.42",
      `/sse/user.43?since=earliest&channel=user.42`,
    ];
    for (const url of tried) {
      for (const method of ["GET", "HEAD"]) {
        const { status, text } = await read(bob, url, method);
        assert(!text.includes("for ada"), `${method} ${url}: ${text}`);
        // Bob's own channel, and the clock.
        const isAllowed = /^\/sse(\/user\.43)?\?/.test(url);
        if (isAllowed) continue;
        assert(status >= 300 || status === 0, `${url}: ${status}`);
      }
    }
    for (const method of ["POST", "PUT", "DELETE"]) {
      const { status } = await read(bob, "/sse/user.42", method);
      assert(status >= 400, `${method}: ${status}`);
    }

    // Another site, in the browser in which Ada is logged in.
    const other = await ada.context().newPage();
    await other.goto(site.otherUrl);
    const url = `${site.url}sse/user.42?since=earliest`;
    const { status, text } = await read(other, url);
    assertEquals([status, text.includes("for ada")], [0, false]);
    const outcome = await other.evaluate((url) =>
      new Promise((resolve) => {
        const source = new EventSource(url, { withCredentials: true });
        source.onmessage = () => resolve("message");
        source.onerror = () => resolve("error");
      }), url);
    assertEquals(outcome, "error");

    // Nobody, without a session.
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const stranger = await context.newPage();
    await stranger.goto(site.otherUrl);
    await stranger.goto(`${site.url}logout`);
    for (const path of ["/sse/user.42?since=earliest", "/sse/user.43"]) {
      assertEquals((await read(stranger, path)).status, 401);
    }
    assertEquals(await itemsOf(ada), ["for ada"]);
    assertEquals(await itemsOf(bob), ["for bob"]);
  },
});
