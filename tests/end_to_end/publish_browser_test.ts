import { assertEquals, assertMatch } from "@std/assert";
import type { Page, Route } from "playwright-core";
import { browserSuite } from "../support/browser_suite.ts";
import {
  channelsButton,
  live,
  publishOn,
  shownChannels,
  untilChannels,
} from "../support/channels_page.ts";
import { until } from "../support/until.ts";

const { test, visit } = await browserSuite();

/** Has publishes wait for their answers until they are let go, and counts them. */
async function hold(page: Page) {
  const held: Route[] = [];
  await page.route("/sse/news", async (route) => {
    if (route.request().method() === "POST") held.push(route);
    else await route.fallback();
  });
  return {
    held,
    async until(count: number): Promise<void> {
      await until(() => held.length >= count);
    },
  };
}

async function answer(page: Page, given: Parameters<Route["fulfill"]>[0]) {
  await page.route(
    "/sse/news",
    (route) =>
      route.request().method() === "POST"
        ? route.fulfill(given)
        : route.fallback(),
  );
}

/** Waits for the page to have published, and for what it published to have come. */
async function received(page: Page): Promise<string> {
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Published"));
  // No earlier event is on the way any more: the next one comes after all of them.
  await publishOn(page, { data: "last" });
  const { received } = await untilChannels(
    page,
    ({ rows }) => rows.at(-1)?.at(-1) === "last",
  );
  return received;
}

test("keys that are held, and a double click, publish once", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  for (
    const [selector, keys] of [
      ["#data", ["Control", "Enter"]],
      ["#type", ["Enter"]],
      [".publish button", ["Enter"]],
    ] as const
  ) {
    await page.focus(selector);
    for (const key of keys) await page.keyboard.down(key);
    // A key that is held repeats.
    for (let i = 0; i < 10; i++) {
      await page.keyboard.down("Enter");
      await untilChannels(page, ({ outcome }) => !outcome.endsWith("…"));
    }
    for (const key of keys) await page.keyboard.up(key);
  }
  const button = channelsButton(page, "Publish");
  await button.click({ clickCount: 2, delay: 30 });
  assertEquals(await received(page), "5 events received");
});

test("a key that composes text publishes nothing", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  await page.evaluate(() => {
    for (const id of ["data", "type"]) {
      for (const sign of [{ isComposing: true }, { keyCode: 229 }]) {
        document.querySelector(`#${id}`)!.dispatchEvent(
          new KeyboardEvent("keydown", {
            ...{ key: "Enter", ctrlKey: true, bubbles: true, cancelable: true },
            ...sign,
          }),
        );
      }
    }
  });
  assertEquals((await shownChannels(page)).outcome, "");
  await publishOn(page, {});
  assertEquals(await received(page), "2 events received");
});

test("one publish is under way at a time, and the page says so", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  await publishOn(page, {});
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Published"));
  const { held, until } = await hold(page);
  await publishOn(page, { data: "held" });
  await until(1);
  await untilChannels(page, ({ outcome }) => outcome === "Publishing…");
  // Forced, as the button says that it is disabled.
  await channelsButton(page, "Publish").click({ force: true });
  await page.press("#data", "Control+Enter");
  assertEquals((await shownChannels(page)).outcome, "Publishing…");
  await held[0]!.fulfill({ status: 502, body: "<h1>Bad Gateway</h1>" });
  const { outcome } = await untilChannels(
    page,
    ({ outcome }) => outcome !== "Publishing…",
  );
  assertMatch(
    outcome,
    /^The answer is 502 Bad Gateway, and not from Chime: a proxy .*, \d\d:\d\d:\d\d your time$/,
  );
  assertEquals(held.length, 1);
});

test("an answer that does not come is waited for 15 s, and what is known is said", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.addInitScript(() => {
    AbortSignal.timeout = (ms) => {
      const limit = new AbortController();
      setTimeout(
        () => limit.abort(new DOMException("", "TimeoutError")),
        ms / 100,
      );
      return limit.signal;
    };
  });
  await page.goto("/#token=t");
  await live(page);
  await hold(page);
  await publishOn(page, {});
  await untilChannels(
    page,
    ({ outcome }) =>
      outcome.startsWith(
        "No answer within 15 s. Whether the event was published is not known, ",
      ),
  );
  await page.unroute("/sse/news");
  await publishOn(page, {});
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Published"));
});

test("the same failure twice is heard twice, and tells its time", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  await answer(page, {
    status: 413,
    contentType: "text/html",
    body: "<h1>Too large</h1>",
  });
  const heard = await page.evaluateHandle(() => {
    const heard: string[] = [];
    const region = document.querySelector("output")!;
    new MutationObserver(() => heard.push(region.textContent!)).observe(
      region,
      { childList: true, characterData: true, subtree: true },
    );
    return heard;
  });
  for (let i = 1; i <= 2; i++) {
    await publishOn(page, {});
    await untilChannels(
      page,
      ({ outcome }) => outcome.startsWith("The answer"),
    );
  }
  const said = await heard.jsonValue();
  assertEquals(said.map((text) => text.split(" ")[0]), [
    ...["Publishing…", "The"],
    ...["Publishing…", "The"],
  ]);
});

test("the regions that tell outcomes are there from the start, and a refused name is heard in them", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  for (const selector of ["output", "#channels-fault"]) {
    assertEquals(
      await page.locator(selector).evaluate((region) => [
        region.getAttribute("role"),
        region.checkVisibility(),
        region.textContent,
      ]),
      ["status", true, ""],
    );
  }
  const heard = await page.evaluateHandle(() => {
    let heard = 0;
    const region = document.querySelector("#channels-fault")!;
    new MutationObserver(() => heard++).observe(region, {
      ...{ childList: true, characterData: true, subtree: true },
    });
    return () => heard;
  });
  for (let i = 1; i <= 2; i++) {
    await page.fill("#channels-field", "a b");
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      ([heard, i]) => heard() === i,
      [heard, i] as const,
    );
  }
  await publishOn(page, { channel: "a b" });
  const { outcome } = await untilChannels(
    page,
    ({ outcome }) => outcome.startsWith("Cannot use channel"),
  );
  assertMatch(outcome, /^Cannot use channel "a b": /);
  await page.locator("#channel[aria-invalid=true]:focus").waitFor();
});

test("Ctrl+Enter publishes once from every field, and spaces around the channel do not count", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  await page.fill("#channel", " news ");
  const fields = ["channel", "type", "token", "data"];
  for (const [i, id] of fields.entries()) {
    await page.press(`#${id}`, "Control+Enter");
    await untilChannels(
      page,
      ({ outcome, rows }) => rows.length > i && outcome.startsWith("Published"),
    );
  }
  assertEquals(await received(page), "5 events received");
});

test("an outcome goes when the browser refuses the next publish", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  await publishOn(page, {});
  await untilChannels(page, ({ outcome }) => outcome.startsWith("Published"));
  await publishOn(page, { channel: "" });
  await untilChannels(page, ({ outcome }) => outcome === "");
});

test("a login page on another server is told from no answer", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  await answer(page, {
    status: 302,
    headers: { location: "http://localhost:1/login" },
  });
  await publishOn(page, {});
  await untilChannels(
    page,
    ({ outcome }) => outcome.startsWith("The answer is a redirect, and not"),
  );
});

test("half of a character in the data is refused at its field", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/#token=t");
  await live(page);
  await page.evaluate(() => {
    document.querySelector<HTMLTextAreaElement>("#data")!.value = "\ud800x";
  });
  await publishOn(page, {});
  await page.locator("#data[aria-invalid=true]:focus").waitFor();
  assertMatch((await shownChannels(page)).outcome, /half of a character/);
});

test("Show makes an entry in the history only for other channels", async () => {
  await using visited = await visit();
  const { page } = visited;
  await page.goto("/?channels=a%20b");
  await live(page);
  const entries = () => page.evaluate(() => history.length);
  const show = async (names: string) => {
    await page.fill("#channels-field", names);
    await channelsButton(page, "Show").click();
    // Later than this, a choice makes an entry of its own.
    await page.waitForTimeout(1_050);
  };
  const first = await entries();
  // The address does not name these yet, though the page shows them.
  await show("news");
  assertEquals(new URL(page.url()).search, "?channels=news");
  assertEquals(await entries(), first + 1);
  await show("news, ");
  await show(" news");
  assertEquals(await entries(), first + 1);
  await show("chat");
  assertEquals(await entries(), first + 2);
  await show(" , ");
  assertEquals(
    await page.locator("#channels-fault").innerText(),
    "Type at least one channel. The page shows chat.",
  );
});
