import { assertEquals } from "@std/assert";
import { bothBrowsers } from "../support/both_browsers.ts";
import { live, untilChannels } from "../support/channels_page.ts";
import { publish } from "../support/publish.ts";
import { until } from "../support/until.ts";

const test = await bothBrowsers();

const TEXTS = {
  "one line": "0123456789".repeat(7_000),
  "many lines":
    "a line, an empty one\n\n  and one with spaces\n".repeat(2_000) +
    "end",
  "a line longer than a piece": `${"x".repeat(40_000)}\n${"y".repeat(40_000)}`,
  emoji: "👩‍👩‍👧‍👦 ".repeat(7_000),
};

test("what is copied of a long event is its data", async ({ page, proxy }) => {
  for (const [name, data] of Object.entries(TEXTS)) {
    const channel = name.replaceAll(" ", "-");
    await page.goto(`${proxy.url}?channels=${channel}`);
    await live(page);
    await publish(proxy.url, channel, data);
    await untilChannels(page, ({ rows }) => rows.length === 1);
    await page.evaluate(() =>
      document.querySelector<HTMLElement>(".row button")!.click()
    );
    let copied = "";
    await until(async () => {
      copied = await page.evaluate(() => {
        getSelection()!.selectAllChildren(document.querySelector(".all")!);
        return `${getSelection()}`;
      });
      return copied.length >= data.length;
    }, { message: () => `${name}: ${copied.length} of ${data.length}` });
    assertEquals(copied === data, true, name);
  }
});
