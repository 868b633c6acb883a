import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { findChromium, launch } from "../support/chromium.ts";
import { PAGES } from "../support/pages.ts";
import { publish } from "../support/publish.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

const README = textOf("README.md");
const executable = await findChromium();

function textOf(page: string): string {
  return PAGES.find(({ name }) => name === page)!.text;
}

/** The first page of HTML that a page of the documentation shows. */
function htmlOf(text: string): string {
  return /```html\n([^]*?)```/.exec(text)![1]!;
}

/** Shows HTML at another address than Chime's, which allows it. The HTML names Chime at the port 8000. */
async function visit(
  html: string,
  fn: (tab: Page, server: ServerProcess) => Promise<void>,
): Promise<void> {
  const [, flag] = /task start (--cors-origin) http:/.exec(README)!;
  let page = "";
  await using site = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response(page, { headers: { "content-type": "text/html" } }),
  );
  const origin = `http://127.0.0.1:${site.addr.port}`;
  await using server = await startServer([
    ...["--port", "0", "--token", "t", flag!, origin],
  ]);
  page = html.replaceAll(":8000", `:${server.port}`);
  const browser = await launch(executable!);
  try {
    const tab = await browser.newPage();
    await tab.goto(origin);
    await fn(tab, server);
  } finally {
    await browser.close();
  }
}

Deno.test({
  name: "the README's page shows the clock from another address, as it says",
  ignore: !executable,
  async fn() {
    const html = htmlOf(README);
    const full = /`(new EventSource\("http:[^`]*)`/.exec(README)![1]!;
    assert(html.includes('new EventSource("/sse/")'));
    const there = html.replace('new EventSource("/sse/")', full);
    await visit(there, async (tab) => {
      const time = tab.locator("#time", { hasText: "The current time is" });
      assertMatch(await time.innerText({ timeout: 15_000 }), /is \d{4}-/);
    });
  },
});

Deno.test({
  name: "the page of docs/client.md lists what is published, as it is",
  ignore: !executable,
  async fn() {
    await visit(htmlOf(textOf("docs/client.md")), async (tab, server) => {
      const { url } = server;
      await until(async () => (await publish(url, "news", ".")).clients > 0);
      await publish(url, "news", "Hello");
      const list = tab.locator("#list", { hasText: "Hello" });
      assertEquals((await list.innerText()).replaceAll(".", ""), "Hello");
    });
  },
});
