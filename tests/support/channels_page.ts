import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import type { AnyPage } from "./clock_page.ts";
import { until } from "./until.ts";

/** What the channels' part of the page shows at one moment. */
export interface ChannelsShown {
  status: string;
  /** The texts of the cells, for each row that has elements. A row about the stream has one cell. */
  rows: string[][];
  /** The number of elements of all rows. */
  nodes: number;
  /** `12 events received`. */
  received: string;
  /** The result of the last publish. */
  outcome: string;
}

export function shownChannels(page: AnyPage): Promise<ChannelsShown> {
  return page.evaluate(() => {
    const root = document.querySelector("#channels")!;
    const text = (selector: string) =>
      root.querySelector<HTMLElement>(selector)!.innerText;
    return {
      status: text(".connection"),
      rows: [...root.querySelectorAll(".row")].map((row) =>
        [...row.querySelectorAll("[role=cell]")].map((cell) =>
          cell.textContent!
        )
      ),
      nodes: root.querySelectorAll(".events *").length,
      received: text(".events .remark"),
      outcome: text(".publish [role=status]"),
    };
  });
}

/** Waits for the channels' part to show something that passes, and returns it. */
export function untilChannels(
  page: AnyPage,
  passes: (shown: ChannelsShown) => boolean,
): Promise<ChannelsShown> {
  let last: ChannelsShown | undefined;
  return until(async () => {
    last = await shownChannels(page);
    return passes(last) && last;
  }, { message: () => `The page still says ${JSON.stringify(last)}` });
}

export function live(page: AnyPage): Promise<ChannelsShown> {
  return untilChannels(page, ({ status }) => status.startsWith("Live"));
}

/** Returns the last cells: the data, or a text about the stream. */
export function dataOf({ rows }: ChannelsShown): string[] {
  return rows.map((cells) => cells.at(-1)!);
}

export function channelsButton(page: Page, name: string): Locator {
  return page.locator("#channels").getByRole("button", { name, exact: true });
}

/** Fills in the form and submits it. */
export async function publishOn(
  page: Page,
  fields: Record<string, string>,
): Promise<void> {
  for (const [id, value] of Object.entries(fields)) {
    await page.fill(`#${id}`, value);
  }
  await channelsButton(page, "Publish").click();
}

/** Publishes many events at once, whose data count up. */
export async function publishMany(url: string, count: number): Promise<void> {
  const lines = Array.from(
    { length: count },
    (_, i) => JSON.stringify({ data: `event ${i + 1}` }),
  );
  const response = await fetch(`${url}sse/news`, {
    method: "POST",
    headers: {
      authorization: "Bearer t",
      "content-type": "application/x-ndjson",
    },
    body: lines.join("\n"),
  });
  assertEquals(response.status, 201);
  await response.body?.cancel();
}
