import { PAGES } from "../support/pages.ts";

const { text } = PAGES.find(({ name }) => name === "docs/publish.md")!;

/** The headings of docs/publish.md below which programs stand. */
export const HEADINGS: readonly string[] = [
  ...text.matchAll(/^## (.*)$/gm),
].map(([, heading]) => heading!).slice(1);

/** Returns the blocks of code below a heading of docs/publish.md, in their order. */
export function blocksOf(heading: string): string[] {
  const section = text.split(/^## /m)
    .find((section) => section.startsWith(`${heading}\n`))!;
  return blocksIn(section);
}

/** Returns the blocks of code in a text, in their order: all, or those of a language. */
export function blocksIn(text: string, language = "\\w+"): string[] {
  const block = new RegExp(
    `^\`\`\`${language}(?: ignore)?\n([^]*?)^\`\`\``,
    "gm",
  );
  return [...text.matchAll(block)].map(([, code]) => code!);
}
