import { delay } from "@std/async/delay";
import type { Command, Peer } from "./peer.ts";
import { processTree } from "./proc.ts";

/** How long a server may take to listen, in ms. */
const START_MS = 30_000;
const POLL_MS = 50;
/** How long it may take to end after SIGTERM, in ms, before it is killed. */
const STOP_MS = 5_000;

/** A running server. Disposing of it ends it. */
export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  /** The process and its descendants, which are others after a restart. */
  readonly pids: readonly number[];
  /** The folder for its files, removed when it has ended. */
  readonly folder: string;
  /** The command that started it. */
  readonly command: readonly string[];
  /** Kills it by SIGKILL, starts it again on the same port and in the same folder, and waits until it listens. */
  restart(): Promise<void>;
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

/** Starts a server's process, and waits until it listens. */
class Server implements ServerProcess {
  readonly port: number;
  readonly folder: string;
  readonly command: Command;
  readonly #peer: Peer;
  #child!: Deno.ChildProcess;
  #hasEnded = true;
  #pids: readonly number[] = [];

  constructor(peer: Peer, port: number, folder: string, command: Command) {
    this.#peer = peer;
    this.port = port;
    this.folder = folder;
    this.command = command;
  }

  get pids(): readonly number[] {
    return this.#pids;
  }

  async start(): Promise<void> {
    const log = `${this.folder}/log`;
    // Each server may open as many files as the system allows. `exec` makes the server the process that is known here.
    const child = this.#child = new Deno.Command("/bin/sh", {
      args: [
        "-c",
        'ulimit -n "$(ulimit -Hn)"; log=$1; shift; exec "$@" >"$log" 2>&1',
        "sh",
        log,
        ...this.command,
      ],
      env: { NO_COLOR: "1", ...this.#peer.env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#hasEnded = false;
    child.status.then(() => {
      if (this.#child === child) this.#hasEnded = true;
    });
    const until = performance.now() + START_MS;
    while (!(await listens(this.port))) {
      if (this.#hasEnded || performance.now() > until) {
        const text = await Deno.readTextFile(log).catch(() => "");
        throw new Error(
          `${this.#peer.name} does not listen: ${text.trim().slice(-500)}`,
        );
      }
      await delay(POLL_MS);
    }
    this.#pids = await processTree(child.pid);
  }

  async restart(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGTERM");
    const timer = setTimeout(() => {
      if (!this.#hasEnded) this.#child.kill("SIGKILL");
    }, STOP_MS);
    await this.#child.status;
    clearTimeout(timer);
    await Deno.remove(this.folder, { recursive: true });
  }
}

/**
 * Starts a server and waits until it listens.
 *
 * @param isDurable Whether each message is to be on the disk before its publisher is answered.
 * @throws {Error} with the end of its output if it does not listen.
 */
export async function startServer(
  peer: Peer,
  isDurable = false,
): Promise<ServerProcess> {
  const port = freePort();
  const folder = await Deno.makeTempDir({ prefix: "chime-bench-" });
  const command = isDurable
    ? await peer.durable!(port, folder)
    : await peer.command(port, folder);
  const server = new Server(peer, port, folder, command);
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}
