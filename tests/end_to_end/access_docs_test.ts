import { assert, assertEquals } from "@std/assert";
import { JwtSource } from "../../access/jwt/jwt_source.ts";
import { readKeys } from "../../access/jwt/read_keys.ts";
import { atPort, Curl, hasCurl } from "../support/curl.ts";
import { PAGES } from "../support/pages.ts";
import { startServer } from "../support/server_process.ts";

const { text, examples } = PAGES.find(({ name }) => name === "docs/access.md")!;

const SECRET = "a secret of at least 32 bytes, such as this";

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

/** Whether a command can be run here. */
async function has(command: string): Promise<boolean> {
  return await new Deno.Command(command, { args: ["--version"] }).output()
    .then(({ success }) => success, () => false);
}

for (
  const [language, tag, command, args] of [
    ["Python", "python", "python3", [
      "-c",
      `CODE\nprint(make_jwt(b"${SECRET}", 42))`,
    ]],
    ["Node", "js", "node", [
      "--input-type=module",
      "-e",
      `CODE\nconsole.log(makeJwt("${SECRET}", 42));`,
    ]],
  ] as const
) {
  const isHere = await has(command);
  Deno.test({
    name: `The lines of docs/access.md make a JWT in ${language}${
      isHere ? "" : ` (skipped: no ${command})`
    }`,
    ignore: !isHere,
    async fn() {
      const { success, stdout, stderr } = await new Deno.Command(command, {
        args: args.map((arg) => arg.replace("CODE", () => block(tag))),
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      const source = new JwtSource({
        settings: {
          issuers: [],
          audiences: [],
          claim: "chime",
          maxAgeMs: 86_400_000,
        },
        keys: readKeys(new TextEncoder().encode(SECRET)),
        refresh: () => Promise.resolve(true),
      });
      const text = new TextDecoder().decode(stdout).trim();
      const { rights } = await source.identify({ kind: "bearer", text });
      assertEquals(rights.subject, "42");
      assertEquals(rights.subscribe as readonly string[], ["user.42"]);
    },
  });
}

Deno.test("The README links to docs/access.md on its first screen", () => {
  const readme = PAGES.find(({ name }) => name === "README.md")!;
  const first = readme.text.split("\n").slice(0, 24).join("\n");
  assertEquals(first.includes("(docs/access.md)"), true);
});
