import { until } from "./until.ts";

/** A program that listens on ports of its own, and is ended by SIGTERM. */
export interface Program extends AsyncDisposable {
  /** What it has written so far. */
  readonly log: string;
}

/**
 * Starts a program, and waits until it listens on each of the ports.
 *
 * @throws {Error} with what it has written if it ends, or does not listen.
 */
export async function startProgram(
  command: string,
  args: readonly string[],
  ports: readonly number[],
  env: Record<string, string> = {},
): Promise<Program> {
  const child = new Deno.Command(command, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  let hasEnded = false;
  const ended = Promise.all([
    child.status.then(() => hasEnded = true),
    child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({ write: (text) => void (log += text) }),
    ),
  ]);
  const program = {
    get log() {
      return log;
    },
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill("SIGTERM");
      await ended;
    },
  };
  const message = () => `${command} does not listen: ${log}`;
  try {
    for (const port of ports) {
      await until(() => {
        if (hasEnded) throw new Error(message());
        return accepts(port);
      }, { message });
    }
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
  return program;
}

async function accepts(port: number): Promise<boolean> {
  return await Deno.connect({ hostname: "127.0.0.1", port })
    .then((connection) => (connection.close(), true), () => false);
}
