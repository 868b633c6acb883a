import { assert, assertEquals } from "@std/assert";
import { atPort, Curl, hasCurl } from "../support/curl.ts";
import { PAGES } from "../support/pages.ts";
import { startServer } from "../support/server_process.ts";

const { text, examples } = PAGES.find(({ name }) => name === "docs/access.md")!;

/** The first block of a language on the page. */
function block(language: string): string {
  return new RegExp(`\\n\`\`\`${language}\\n([^]*?)\`\`\``).exec(text)![1]!;
}

Deno.test({
  name:
    `The curl lines of docs/access.md print what it shows, run as written, with its command and its file of tokens${
      hasCurl ? "" : " (skipped: no curl)"
    }`,
  ignore: !hasCurl,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/tokens.json`;
      await Deno.writeTextFile(file, block("json"));
      const [, options] = /^deno task start (.*)\n$/.exec(block("sh"))!;
      const args = options!.replaceAll("'", "").split(" ").map((arg) =>
        arg.endsWith("/tokens.json") ? file : arg
      );
      await using server = await startServer(["--port", "0", ...args]);
      const curls = examples.filter(({ command }) => command.includes("curl "));
      assert(curls.length > 4);
      for (const example of curls) {
        await new Curl(atPort(example, server.port)).assertPrinted();
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("The README links to docs/access.md on its first screen", () => {
  const readme = PAGES.find(({ name }) => name === "README.md")!;
  const first = readme.text.split("\n").slice(0, 24).join("\n");
  assertEquals(first.includes("(docs/access.md)"), true);
});
