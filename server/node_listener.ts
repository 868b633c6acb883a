import { createServer, type Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { log } from "../log/log.ts";
import { HttpError } from "../routes/http_error.ts";
import { AcceptWatch } from "./accept_watch.ts";
import {
  BACKLOG,
  type Listener,
  type ListenerOptions,
  urlOf,
} from "./listener.ts";
import { refuse } from "./node_answer.ts";
import { NodeConnection, type NodeService } from "./node_connection.ts";

/** How long to wait before listening again after a failure, in ms: its cause is hardly over sooner. */
const RELISTEN_MS = 1_000;

/** Listens with `node:http`: HTTP/1.0 and HTTP/1.1. */
export class NodeListener implements Listener, NodeService {
  readonly #options: ListenerOptions;
  // The routes say what is wrong with a Host.
  readonly #server: Server = createServer({ requireHostHeader: false });
  readonly #connections = new WeakMap<Socket, NodeConnection>();
  readonly #watch: AcceptWatch;
  #url = "";
  #host = "";
  /** How many connections are open. */
  #count = 0;
  /** How much is at work: handlers, and answers that are not sent yet. */
  #busy = 0;
  #onIdle: (() => void) | undefined;
  #isClosing = false;
  #relistening: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: ListenerOptions) {
    this.#options = { ...options };
    this.#watch = new AcceptWatch({
      maxConnections: options.maxConnections,
      hasDescriptors: () => hasDescriptors(options.hostname),
      onDeaf: () => {
        log.warn("stopped accepting, listening again: it ran out of files");
        this.#relisten();
      },
    });
    this.#server
      .on("connection", (socket) => this.#onConnection(socket))
      .on(
        "request",
        (message, answer) =>
          this.#connections.get(message.socket)?.take(message, answer),
      )
      .on("connect", ({ url }, socket) => {
        const detail = `Cannot CONNECT "${url}": Chime is not a proxy`;
        refuse(socket, new HttpError(405, detail, { allow: "" }));
      })
      .on(
        "clientError",
        (error, socket) => this.#connections.get(socket as Socket)?.fail(error),
      );
  }

  /**
   * Listens.
   *
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   */
  static async listen(options: ListenerOptions): Promise<NodeListener> {
    const listener = new NodeListener(options);
    try {
      await listener.#listen();
    } catch (error) {
      throw isAddrInUse(error)
        ? new Deno.errors.AddrInUse(error.message)
        : error;
    }
    return listener;
  }

  get url(): string {
    return this.#url;
  }

  get host(): string {
    return this.#host;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  handler(...args: Parameters<ListenerOptions["handler"]>) {
    return this.#options.handler(...args);
  }

  noteWork(change: 1 | -1): void {
    this.#busy += change;
    if (this.#busy === 0) this.#onIdle?.();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#watch[Symbol.dispose]();
    clearTimeout(this.#relistening);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    if (this.#busy > 0) {
      await new Promise<void>((resolve) => this.#onIdle = resolve);
    }
    // Those that are left have sent no request yet.
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(): Promise<void> {
    const { hostname, port, reusePort } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(
        { host: hostname, port, backlog: BACKLOG, reusePort },
        () => {
          this.#server.off("error", reject);
          const address = this.#server.address();
          if (address === null || typeof address === "string") return;
          this.#options.port = address.port;
          this.#url = urlOf(address.address, address.port);
          this.#host = new URL(this.#url).host;
          resolve();
        },
      );
    });
  }

  /** Listens again on the same port. The connections go on. */
  async #relisten(): Promise<void> {
    // `Server.close` of `node:http` would also close the connections that have no request at work.
    NetServer.prototype.close.call(this.#server);
    try {
      await this.#listen();
    } catch (error) {
      log.warn(`cannot listen again, trying once more: ${error}`);
      this.#relistening = setTimeout(() => this.#relisten(), RELISTEN_MS);
    }
  }

  #onConnection(socket: Socket): void {
    this.#connections.set(socket, new NodeConnection(this, socket));
    this.#watch.noteAccepted(++this.#count);
    socket.once("close", () => this.#count--);
  }
}

/** Whether the process can open another file: a socket on the host is one. */
function hasDescriptors(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    // Whatever the system refuses: listening again would fail, too.
    return false;
  }
}

function isAddrInUse(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    error.code === "EADDRINUSE";
}
