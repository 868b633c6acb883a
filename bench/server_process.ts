import { delay } from "@std/async/delay";
import type { Peer } from "./peer.ts";
import { processTree } from "./proc.ts";

/** How long a server may take to listen, in ms. */
const START_MS = 30_000;
const POLL_MS = 50;
/** How long it may take to end after SIGTERM, in ms, before it is killed. */
const STOP_MS = 5_000;

/** A running server. Disposing of it ends it. */
export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  /** The process and its descendants. */
  readonly pids: readonly number[];
  /** The folder for its files, removed when it has ended. */
  readonly folder: string;
  /** The command that started it. */
  readonly command: readonly string[];
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a server and waits until it listens.
 *
 * @throws {Error} with the end of its output if it does not listen.
 */
export async function startServer(peer: Peer): Promise<ServerProcess> {
  const port = freePort();
  const folder = await Deno.makeTempDir({ prefix: "chime-bench-" });
  const command = await peer.command(port, folder);
  const log = `${folder}/log`;
  // Each server may open as many files as the system allows. `exec` makes the server the process that is known here.
  const child = new Deno.Command("/bin/sh", {
    args: [
      "-c",
      'ulimit -n "$(ulimit -Hn)"; log=$1; shift; exec "$@" >"$log" 2>&1',
      "sh",
      log,
      ...command,
    ],
    env: { NO_COLOR: "1", ...peer.env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  const ended = child.status.then(() => {
    hasEnded = true;
  });

  async function stop(): Promise<void> {
    if (!hasEnded) child.kill("SIGTERM");
    const timer = setTimeout(() => hasEnded || child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
    await Deno.remove(folder, { recursive: true });
  }

  const until = performance.now() + START_MS;
  while (!(await listens(port))) {
    if (hasEnded || performance.now() > until) {
      const text = await Deno.readTextFile(log).catch(() => "");
      await stop();
      throw new Error(
        `${peer.name} does not listen: ${text.trim().slice(-500)}`,
      );
    }
    await delay(POLL_MS);
  }
  return {
    port,
    pids: await processTree(child.pid),
    folder,
    command,
    [Symbol.asyncDispose]: stop,
  };
}
