import { assertMatch } from "@std/assert";
import type { Example } from "./pages.ts";

/** Whether there is a curl. */
export const hasCurl = await new Deno.Command("curl", { args: ["--version"] })
  .output().then(({ success }) => success, () => false);

/** Returns a pattern of the output in which any number may stand for any other, and any epoch of an id and any ticket. */
function pattern(printed: string): RegExp {
  const literal = printed.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const places = literal.replace(/(\d+-\d+\\\.)\w{6}/g, "$1\\w{6}");
  const tickets = places.replace(/("ticket":")[\w-]{22}/, "$1[\\w-]{22}");
  return new RegExp(`^${tickets.replace(/\d+(?!\d*})/g, "\\d+")}`);
}

/** A curl that runs until its output is as shown, or for 20 s. */
export class Curl {
  readonly #child: Deno.ChildProcess;
  readonly #pattern: RegExp;
  readonly #isAsSaid: Promise<void>;
  #output = "";

  constructor({ command, printed }: Example) {
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

/** The example for a server on another port than the documentation's. */
export function atPort({ command, printed }: Example, port: number): Example {
  return {
    command: command.replaceAll("127.0.0.1:8000", `127.0.0.1:${port}`),
    printed,
  };
}
