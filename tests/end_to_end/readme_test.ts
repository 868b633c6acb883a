import { assertEquals, assertMatch } from "@std/assert";
import { HELP } from "../../config/help.ts";
import { startServer } from "../support/server_process.ts";

const README = await Deno.readTextFile(
  new URL("../../README.md", import.meta.url),
);

/** A command of the README, and what the README says that it prints. */
interface Example {
  command: string;
  printed: string;
}

const EXAMPLES: Example[] = [
  ...README.matchAll(/```console\n\$ (.*)\n([^]*?)```/g),
]
  .map(([, command, printed]) => ({ command: command!, printed: printed! }));
const CURLS = EXAMPLES.filter(({ command }) => command.includes("curl "));

const hasCurl = await new Deno.Command("curl", { args: ["--version"] })
  .output().then(({ success }) => success, () => false);

/** What is printed, whatever the numbers in it. */
function pattern(printed: string): RegExp {
  const literal = printed.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replace(/\d+/g, "\\d+")}`);
}

/** A curl that runs until its output is as the README says, or for too long. */
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

/** How many streams carry the channel `news`, as the publishing of nothing tells. */
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

Deno.test({
  name: `The README's curl lines print what it says, run as written${
    hasCurl ? "" : " (skipped: no curl)"
  }`,
  ignore: !hasCurl,
  async fn() {
    assertEquals(CURLS.length > 5, true);
    await using server = await startServer([
      ...["--port", "0", "--token", "secret"],
    ]);
    const here = (command: string) =>
      command.replaceAll("127.0.0.1:8000", `127.0.0.1:${server.port}`);
    // Streams that begin with what comes are opened before anything is published.
    const isFresh = ({ command }: Example) =>
      /news(,chat)?$/.test(command) &&
      command.includes("-N");
    const streams = CURLS.filter(isFresh).map(({ command, printed }) =>
      new Curl(here(command), printed)
    );
    while (await countClients(server.url) < streams.length);
    for (const example of CURLS) {
      if (isFresh(example)) continue;
      await new Curl(here(example.command), example.printed).assertPrinted();
    }
    for (const stream of streams) await stream.assertPrinted();
  },
});

Deno.test("The README shows --help as it is", () => {
  const help = EXAMPLES.find(({ command }) => command.endsWith("--help"));
  assertEquals(help?.printed.trim(), HELP.trim());
});

Deno.test("The README's tasks are there", async () => {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  const named = [...README.matchAll(/\btask ([a-z]+)/g)].map(([, name]) =>
    name!
  );
  assertEquals(named.length > 5, true);
  for (const name of named) assertEquals(name in tasks, true, name);
});
