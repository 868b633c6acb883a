import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { findChromium, launch } from "../support/chromium.ts";
import { PAGES, ROOT } from "../support/pages.ts";

import { blocksIn, blocksOf } from "./snippets.ts";
import {
  sitesMissing,
  startWithChannels,
  startWithChime,
} from "./example_site.ts";

const executable = await findChromium();
const missing = sitesMissing ?? (executable ? undefined : "no Chromium");

/** Logs a user in, in a browser of their own, and waits until their notes are live. */
async function enter(browser: Browser, url: string, user: string) {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await page.goto("/");
  await page.fill("[name=username]", user);
  await page.fill("[name=password]", user);
  await page.click("button");
  await untilLive(page);
  return page;
}

async function untilLive(page: Page): Promise<void> {
  await page.waitForFunction(() => document.title === "Notes: live");
}

/** The status with which the page is answered for a stream that it may not read. */
function statusOf(page: Page, path: string): Promise<number> {
  return page.evaluate(async (path) => (await fetch(path)).status, path);
}

for (
  const [name, start] of [
    ["django-channels", startWithChannels],
    ["django-chime", startWithChime],
  ] as const
) {
  Deno.test({
    name:
      `examples/${name}: a note appears on the page of whom it is for, and on no other${
        missing ? ` (skipped: ${missing})` : ""
      }`,
    ignore: missing !== undefined,
    async fn() {
      await using site = await start();
      const browser = await launch(executable!);
      try {
        const ada = await enter(browser, site.url, "ada");
        const bob = await enter(browser, site.url, "bob");
        const clock = ada.locator("#clock", { hasText: "The current time is" });
        assertMatch(
          await clock.innerText(),
          /is \d{4}(-\d\d){2} \d\d(:\d\d){2}$/,
        );

        await bob.fill("[name=to]", "ada");
        await bob.fill("[name=text]", "Tea?");
        await bob.click("button");
        const notes = ada.locator("#notes li");
        await notes.first().waitFor();
        assertEquals(await notes.allTextContents(), ["bob: Tea?"]);

        await untilLive(bob);
        assertEquals(await bob.locator("#notes li").count(), 0);
        const inbox = `/sse/user.${await ada.locator("#notes").getAttribute(
          "data-user",
        )}`;
        assertEquals(await statusOf(bob, inbox), 403);
        await bob.context().clearCookies();
        assertEquals(await statusOf(bob, inbox), 401);
      } finally {
        await browser.close();
      }
    },
  });
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(`examples/${path}`, ROOT));
}

Deno.test("Both Django examples have the same pages", () => {
  for (const file of ["page.html", "login.html"]) {
    const [before, after] = ["django-channels", "django-chime"]
      .map((name) => read(`${name}/templates/${file}`));
    assertEquals(after, before);
  }
});

Deno.test("The example with Chime publishes as docs/publish.md says", () => {
  assertEquals(read("django-chime/notes/publishing.py"), blocksOf("Python")[0]);
});

Deno.test("docs/from-django-channels.md shows the lines of the examples", () => {
  const code = [
    ...["django-channels/notes/streams.py", "django-channels/notes/views.py"],
    "django-chime/notes/views.py",
  ].map(read).map(withoutIndent).join("\n");
  const { text } = PAGES.find(({ name }) =>
    name === "docs/from-django-channels.md"
  )!;
  const shown = blocksIn(text, "python");
  assert(shown.length > 3);
  for (const lines of shown) assert(code.includes(withoutIndent(lines)), lines);
});

/** A page shows the lines of a function without the function. */
function withoutIndent(code: string): string {
  return code.replace(/^ +/gm, "");
}
