import { REGISTRIES, type Registry } from "./registries.ts";
import { until } from "../support/until.ts";

/** One line that a driver prints. */
export type Line =
  | { kind: "open" | "end" }
  | { kind: "error"; message: string }
  | { kind: "event"; type: string; id: string; data: string };

/** An event as a library hands it to its user. */
export type LibraryEvent = Extract<Line, { kind: "event" }>;

/** Options for {@linkcode Driver.start}. */
export interface DriverOptions {
  /** Whether to use the library as it comes, without what `docs/clients.md` advises. Default: false. */
  isBare?: boolean;
}

/** A process that subscribes with one client library, and prints what that library hands to its user. */
export class Driver implements AsyncDisposable {
  readonly lines: Line[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #ended: Promise<unknown>;
  #errors = "";

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#ended = Promise.all([this.#read(), this.#log(), process.status]);
  }

  /** Starts a library's driver, which subscribes at once. */
  static start(
    { registry, name }: { registry: Registry; name: string },
    url: string,
    { isBare = false }: DriverOptions = {},
  ): Driver {
    const [program, ...args] = REGISTRIES[registry].command;
    return new Driver(
      new Deno.Command(program!, {
        args: [...args, name, url, ...isBare ? ["bare"] : []],
        cwd: new URL(`${registry}/`, import.meta.url),
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
  }

  /** What the library handed over so far, but for status events. */
  get events(): LibraryEvent[] {
    return this.#events().filter(({ type }) => type !== "status");
  }

  /** The states that status events had so far. */
  get states(): string[] {
    return this.#events().filter(({ type }) => type === "status")
      .map(({ data }) => JSON.parse(data).state);
  }

  /** Waits until the condition holds. @throws {Error} with all that was printed if it never does. */
  async until(condition: () => boolean, deadlineMs?: number): Promise<void> {
    const message = () =>
      [...this.lines.map((line) => JSON.stringify(line)), this.#errors]
        .join("\n");
    await until(condition, {
      message,
      ...deadlineMs === undefined ? {} : { deadlineMs },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      // It may have ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#ended;
  }

  #events(): LibraryEvent[] {
    return this.lines.filter((line) => line.kind === "event");
  }

  async #read(): Promise<void> {
    let rest = "";
    const text = this.#process.stdout.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.lines.push(JSON.parse(line));
    }
  }

  async #log(): Promise<void> {
    const text = this.#process.stderr.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) this.#errors += chunk;
  }
}
