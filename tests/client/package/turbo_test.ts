import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { findChromium, launch } from "../../support/chromium.ts";
import { PAGES } from "../../support/pages.ts";
import { publish } from "../../support/publish.ts";
import { startServer } from "../../support/server_process.ts";
import { until } from "../../support/until.ts";
import { installed } from "./project.ts";
import { HAS_NPM } from "./runtimes.ts";

const TURBO = "@hotwired/turbo@8.0.23";
const { text } = PAGES.find(({ name }) => name === "docs/client.md")!;
const section = text.slice(text.indexOf("\n## Turbo\n"));
const [, EXAMPLE] = /```html\n([^]*?)```/.exec(section)!;
const executable = await findChromium();

Deno.test({
  name: "What docs/client.md writes for Turbo shows what is published",
  ignore: !executable || !HAS_NPM,
  async fn() {
    await using project = await installed();
    await project.run(
      "npm",
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      TURBO,
    );
    let page = "";
    const scripts: Record<string, string> = {
      "@chime/client": "@chime/client/client.js",
      "@hotwired/turbo": "@hotwired/turbo/dist/turbo.es2017-esm.js",
    };
    const modules = join(project.folder, "node_modules");
    await using site = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      async ({ url }) => {
        const script = scripts[new URL(url).pathname.slice(1)];
        return script
          ? new Response(await Deno.readTextFile(join(modules, script)), {
            headers: { "content-type": "text/javascript" },
          })
          : new Response(page, { headers: { "content-type": "text/html" } });
      },
    );
    const origin = `http://127.0.0.1:${site.addr.port}`;
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--cors-origin", origin],
    ]);
    const imports = Object.fromEntries(
      Object.keys(scripts).map((name) => [name, `/${name}`]),
    );
    page = `<!doctype html><ul id="list"></ul>
      <script type="importmap">${JSON.stringify({ imports })}</script>
      ${EXAMPLE!.replace('"/sse/"', `"${server.url}sse/"`)}`;

    const browser = await launch(executable!);
    try {
      const tab = await browser.newPage();
      await tab.goto(origin);
      const element = (line: string) =>
        `<turbo-stream action="append" target="list">
           <template><li>${line}</li></template>
         </turbo-stream>`;
      await until(async () =>
        (await publish(server.url, "chat", "")).clients > 0
      );
      await publish(server.url, "news", element("one"));
      await publish(server.url, "chat", element("two"));
      await tab.locator("li", { hasText: "two" }).waitFor();
      assertEquals(await tab.locator("li").allInnerTexts(), ["one", "two"]);
    } finally {
      await browser.close();
    }
  },
});
