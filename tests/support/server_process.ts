import { within } from "./within.ts";

/** A Chime in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  /** Its URL, such as `http://127.0.0.1:41235/`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Its output on standard error so far. */
  readonly log: string;
  readonly status: Promise<Deno.CommandStatus>;
  /** Sends a signal, by default SIGTERM, and waits for the end. */
  kill(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** Options for {@linkcode startServer}. */
export interface StartOptions {
  /** The command and its first arguments. Default: run from source. */
  command?: readonly string[];
  cwd?: string | URL;
  env?: Record<string, string>;
}

const FROM_SOURCE = [Deno.execPath(), "run", "-P=serve", "main.ts"];
const ROOT = new URL("../../", import.meta.url);

/**
 * Starts Chime, on a free port unless `args` name one, and waits until it listens.
 *
 * @throws {Error} with its output if it ends instead.
 */
export async function startServer(
  args: readonly string[] = ["--port", "0"],
  { command = FROM_SOURCE, cwd = ROOT, env = {} }: StartOptions = {},
): Promise<ServerProcess> {
  const [program, ...first] = command;
  const child = new Deno.Command(program!, {
    args: [...first, ...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  let log = "";
  const logged = child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write: (text) => {
        log += text;
      },
    }),
  );
  const stdout = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  let url: string | undefined;
  while (!url) {
    const { value, done } = await within(stdout.read(), {
      message: () => `The server does not listen: ${printed}${log}`,
    });
    if (done) {
      await Promise.all([logged, child.status]);
      throw new Error(`The server ended: ${printed}${log}`);
    }
    printed += value;
    url = /listening on (\S+)\n/.exec(printed)?.[1];
  }
  const drained = (async () => {
    while (!(await stdout.read()).done);
  })();
  const ended = Promise.all([child.status, logged, drained]);

  const server: ServerProcess = {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    get log() {
      return log;
    },
    status: child.status,
    async kill(signal = "SIGTERM") {
      try {
        child.kill(signal);
      } catch (error) {
        // It may have ended by itself.
        if (!(error instanceof TypeError)) throw error;
      }
      const [status] = await within(ended, {
        message: () => `The server does not end: ${log}`,
      });
      return status;
    },
    async [Symbol.asyncDispose]() {
      await server.kill("SIGKILL");
    },
  };
  return server;
}
