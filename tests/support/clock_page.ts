import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Locator, Page } from "playwright-core";
import { until } from "./until.ts";

/** A page in either browser. */
export interface AnyPage {
  evaluate<T>(fn: () => T): Promise<T>;
}

/** What the page shows at one moment. */
export interface Shown {
  status: string;
  /** `2026-11-22 05:30:20`. */
  time: string;
  zone: string;
  events: number;
  lastId: string;
  /** The second of the last id, in ms since the epoch. */
  ms: number;
}

export function shown(page: AnyPage): Promise<Shown> {
  return page.evaluate(() => {
    const text = (selector: string) =>
      document.querySelector<HTMLElement>(selector)!.innerText;
    const fact = (name: string) =>
      [...document.querySelectorAll("dt")]
        .find((dt) => dt.textContent === name)!.nextElementSibling!
        .textContent!;
    const lastId = fact("Last id");
    return {
      status: text("[role=status]"),
      time: text("time").replace(/\s+/, " "),
      zone: text(".zone"),
      events: Number(fact("Events received")),
      lastId,
      ms: Number.parseInt(lastId),
    };
  });
}

/** Waits for the page to show something that passes, and returns it. */
export function untilShown(
  page: AnyPage,
  passes: (shown: Shown) => boolean,
): Promise<Shown> {
  let last: Shown | undefined;
  return until(async () => {
    last = await shown(page);
    return passes(last) && last;
  }, { message: () => `The page still says ${JSON.stringify(last)}` });
}

/** Returns one of the clock's buttons: the channels have buttons with the same names. */
export function clockButton(page: Page, name: string): Locator {
  return page.locator("#clock").getByRole("button", { name });
}

/** Waits until the clock is `ticks` seconds past what the page shows, whatever the page does meanwhile. */
export async function pass(page: AnyPage, ticks: number): Promise<void> {
  const { ms } = await shown(page);
  while (Date.now() < ms + ticks * 1_000) await delay(50);
}

/** Asserts that each second between two moments came once, in order or after a gap. */
export function assertUnbroken(before: Shown, after: Shown): void {
  assertEquals(after.events - before.events, (after.ms - before.ms) / 1_000);
}

/** Returns the number of missed ticks that came back, as the page shows it. */
export function cameBack({ status }: Shown): number {
  return Number(/^Live: (\d+) missed ticks? came back$/.exec(status)?.[1]);
}
