import { PAGES } from "../support/pages.ts";
import type { Proxy } from "./proxy.ts";
import { replaced } from "./start_proxy.ts";

/** Changes a proxy's file as the documentation says for a Chime below `/live/`. */
export function belowPath({ name }: Proxy): (text: string) => string {
  const { text } = PAGES.find(({ name }) => name === "docs/proxies.md")!;
  const [, diff] = text.split(`\n${name}:\n\n\`\`\`diff\n`);
  const lines = diff!.split("\n```")[0]!.split("\n");
  const side = (sign: string) =>
    lines.filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1)).join("\n");
  return (text) => replaced(text, [side("-"), side("+")]);
}
