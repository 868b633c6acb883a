import axe from "axe-core";
import type { Page } from "playwright-core";

/** Returns what axe finds wrong with the page, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe })
      .axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html}`)
    );
  });
}

/** Returns the elements that are wider than the page, or than their container. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body, body *")]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        // The text of a field may be longer than the field.
        const isInline = element.localName === "input" ||
          getComputedStyle(element).display === "inline";
        return left < 0 || right > document.documentElement.clientWidth ||
          !isInline && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => element.outerHTML.slice(0, 80))
  );
}
