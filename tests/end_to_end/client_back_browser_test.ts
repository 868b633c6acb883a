import type { ChimeSource as TypedSource } from "../../client/client.d.ts";
import { browserSuite } from "../support/browser_suite.ts";
import { publish } from "../support/publish.ts";

const { test, visit } = await browserSuite();

// Firefox keeps no page that a driver has opened.
test("the client of a page that comes back out of the back/forward cache gets what it missed, once", async () => {
  await using visited = await visit();
  const { page, url } = visited;
  await page.goto("/");
  await page.evaluate(async () => {
    const { ChimeSource } = await import(`${location.origin}/client.js`) as {
      ChimeSource: typeof TypedSource;
    };
    const hear = (text: string) => document.title += `${text};`;
    document.title = "";
    addEventListener("pageshow", ({ persisted }) => hear(`kept ${persisted}`));
    const source = new ChimeSource("/sse/back");
    source.onmessage = ({ data }) => hear(data);
    await new Promise((resolve) => source.addEventListener("status", resolve));
  });
  const untilHeard = (expected: string) =>
    page.waitForFunction((text) => document.title === text, expected);
  await publish(url, "back", "before");
  await untilHeard("before;");
  await page.goto("/?tz=UTC");
  await publish(url, "back", "meanwhile");
  // Not before the call has returned: it would fail with the page that it ran in.
  await page.evaluate(() => void setTimeout(() => history.back()));
  await untilHeard("before;kept true;meanwhile;");
  await publish(url, "back", "after");
  await untilHeard("before;kept true;meanwhile;after;");
});
