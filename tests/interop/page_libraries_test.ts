import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Page } from "playwright-core";
import { findChromium, launch } from "../support/chromium.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { overRestarts } from "./over_restarts.ts";
import { PAGE_LIBRARIES, type PageLibrary } from "./page_libraries.ts";
import { isInstalled } from "./registries.ts";

const MODULES = new URL("npm/node_modules/", import.meta.url);
const STREAMS = 'chime_streams{source="channels"}';

const executable = await findChromium();
const ignore = !(await isInstalled("npm")) || !executable;

/** Serves the library's page and its scripts, on Chime's own origin. */
async function open(page: Page, url: string, library: PageLibrary) {
  await page.route(`${url}page/**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice("/page/".length);
    if (path === "") {
      const kind = library.isModule ? 'type="module"' : "";
      const scripts = library.scripts.map((path) =>
        `<script ${kind} src="/page/${path}"></script>`
      );
      const head = [library.head ?? "", ...scripts].join("");
      const html = `<!doctype html><head>${head}</head>
        <body>${library.body}</body>`;
      await route.fulfill({ contentType: "text/html", body: html });
    } else {
      const body = await Deno.readTextFile(new URL(path, MODULES));
      await route.fulfill({ contentType: "text/javascript", body });
    }
  });
  await page.goto(`${url}page/`);
}

/** Longer than a client waits that comes back, in ms. */
const COMEBACK_MS = 8_000;

async function untilStreams({ url }: ServerProcess, count: number) {
  await until(async () => (await scrape(url)).get(STREAMS) === count, {
    message: () => `There are not ${count} streams`,
  });
}

for (const library of PAGE_LIBRARIES) {
  const { name, type, data, stopsAtEnd = false } = library;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const isOver = stopsAtEnd && signal === "SIGTERM";
    const what = isOver
      ? "stops for good at a drain"
      : `shows each event once, over ${
        signal === "SIGTERM" ? "a drain" : "kill -9"
      }`;
    Deno.test({
      name: `${name} ${what}`,
      ignore,
      async fn() {
        await using stack = new AsyncDisposableStack();
        const start = await overRestarts(stack);
        const send = ({ url }: ServerProcess, text: string) =>
          publish(url, type ? `news?event=${type}` : "news", data(text));
        const before = await start();
        const browser = await launch(executable!);
        stack.defer(() => browser.close());
        const page = await browser.newPage();
        const shown = () => page.locator("#list li").allTextContents();
        await open(page, before.url, library);
        await untilStreams(before, 1);
        await send(before, "1");
        await until(async () => (await shown()).length === 1);
        await before.kill(signal);
        const after = await start(before.port);
        await send(after, "2");
        if (isOver) {
          await delay(COMEBACK_MS);
          assertEquals(await shown(), ["1"]);
          return;
        }
        await untilStreams(after, 1);
        await send(after, "3");
        await until(async () => (await shown()).length >= 3);
        assertEquals(await shown(), ["1", "2", "3"]);
      },
    });
  }
}
