import { assert, assertEquals, assertMatch } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { HELP } from "../../config/help.ts";
import { startServer } from "../support/server_process.ts";
import { type Example, PAGES } from "../support/pages.ts";
import { until } from "../support/until.ts";

const hasCurl = await new Deno.Command("curl", { args: ["--version"] })
  .output().then(({ success }) => success, () => false);

/** Returns a pattern of the output in which any number may stand for any other, and any epoch of an id. */
function pattern(printed: string): RegExp {
  const literal = printed.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const places = literal.replace(/(\d+-\d+\\\.)\w{6}/g, "$1\\w{6}");
  return new RegExp(`^${places.replace(/\d+(?!})/g, "\\d+")}`);
}

/** A curl that runs until its output is as shown, or for 20 s. */
class Curl {
  readonly #child: Deno.ChildProcess;
  readonly #pattern: RegExp;
  readonly #isAsSaid: Promise<void>;
  #output = "";

  constructor(command: string, printed: string) {
    this.#pattern = pattern(printed);
    this.#child = new Deno.Command("sh", {
      args: ["-c", command.replace("curl ", "exec curl -s --max-time 20 ")],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#isAsSaid = this.#read();
  }

  /** Asserts on the output and ends the process. */
  async assertPrinted(): Promise<void> {
    await this.#isAsSaid;
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It may have ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    assertMatch(this.#output, this.#pattern);
  }

  async #read(): Promise<void> {
    for await (
      const text of this.#child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      this.#output += text;
      if (this.#pattern.test(this.#output)) return;
    }
  }
}

/** Returns how many streams carry the channel `news`: publishing nothing tells. */
async function countClients(url: string): Promise<number> {
  const response = await fetch(`${url}sse/news`, {
    method: "POST",
    headers: {
      "authorization": "Bearer secret",
      "content-type": "application/x-ndjson",
    },
  });
  return (await response.json()).clients;
}

for (const { name, examples } of PAGES) {
  const curls = examples.filter(({ command }) => command.includes("curl "));
  if (curls.length === 0) continue;
  Deno.test({
    name: `The curl lines of ${name} print what it shows, run as written${
      hasCurl ? "" : " (skipped: no curl)"
    }`,
    ignore: !hasCurl,
    fn: () => assertPrinted(curls),
  });
}

/** Runs the commands in their order, against a server of their own. */
async function assertPrinted(examples: readonly Example[]): Promise<void> {
  await using server = await startServer([
    ...["--port", "0", "--token", "secret"],
  ]);
  const here = (command: string) =>
    command.replaceAll("127.0.0.1:8000", `127.0.0.1:${server.port}`);
  // Streams that begin with the next event are opened before anything is published.
  const isFresh = ({ command }: Example) =>
    /news(,chat)?$/.test(command) &&
    command.includes("-N");
  const streams = examples.filter(isFresh).map(({ command, printed }) =>
    new Curl(here(command), printed)
  );
  await until(async () => await countClients(server.url) >= streams.length);
  for (const example of examples) {
    if (isFresh(example)) continue;
    await new Curl(here(example.command), example.printed).assertPrinted();
  }
  for (const stream of streams) await stream.assertPrinted();
}

Deno.test("The documentation has curl lines, on the README and on docs/http.md", () => {
  for (const page of ["README.md", "docs/http.md"]) {
    const { examples } = PAGES.find(({ name }) => name === page)!;
    assert(examples.some(({ command }) => command.includes("curl ")), page);
  }
});

Deno.test("The documentation shows --help as it is", () => {
  const shown = PAGES.flatMap(({ examples }) => examples)
    .filter(({ command }) => command.endsWith("--help"));
  assert(shown.length > 0);
  for (const { printed } of shown) assertEquals(printed.trim(), HELP.trim());
});

Deno.test("The tasks that the documentation names are there", () => {
  const named = PAGES.flatMap(({ text }) => [
    ...text.matchAll(/\bdeno(?:@[\d.]+)? task ([a-z]+)/g),
  ]).map(([, name]) => name!);
  assert(named.length > 5);
  for (const name of named) assert(name in manifest.tasks, name);
});
