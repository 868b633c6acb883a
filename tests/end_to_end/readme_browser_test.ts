import { assert, assertMatch } from "@std/assert";
import { findChromium, launch } from "../support/chromium.ts";
import { PAGES } from "../support/pages.ts";
import { startServer } from "../support/server_process.ts";

const { text } = PAGES.find(({ name }) => name === "README.md")!;
const executable = await findChromium();

Deno.test({
  name: "the README's page shows the clock from another address, as it says",
  ignore: !executable,
  async fn() {
    const html = /```html\n([^]*?)```/.exec(text)![1]!;
    const full = /`(new EventSource\("http:[^`]*)`/.exec(text)![1]!;
    const [, flag] = /task start (--cors-origin) http:/.exec(text)!;
    assert(html.includes('new EventSource("/sse/")'));
    let page = "";
    await using site = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      () => new Response(page, { headers: { "content-type": "text/html" } }),
    );
    const origin = `http://127.0.0.1:${site.addr.port}`;
    await using server = await startServer(["--port", "0", flag!, origin]);
    page = html.replace('new EventSource("/sse/")', full)
      .replace(":8000", `:${server.port}`);
    const browser = await launch(executable!);
    try {
      const tab = await browser.newPage();
      await tab.goto(origin);
      const time = tab.locator("#time", { hasText: "The current time is" });
      assertMatch(await time.innerText({ timeout: 15_000 }), /is \d{4}-/);
    } finally {
      await browser.close();
    }
  },
});
