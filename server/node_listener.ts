import { createServer, type Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { log } from "../log/log.ts";
import { HttpError } from "../routes/http_error.ts";
import { AcceptWatch } from "./accept_watch.ts";
import type { Admission } from "./admission.ts";
import { NodeEntrance } from "./node_entrance.ts";
import { hasDescriptors } from "./has_descriptors.ts";
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

/** How long to wait before looking whether connections can be accepted again, in ms: most are over a limit, and soon gone. */
const PAUSE_MS = 50;

/** Listens with `node:http`: HTTP/1.0 and HTTP/1.1. */
export class NodeListener implements Listener, NodeService {
  readonly #options: ListenerOptions;
  // The routes say what is wrong with a Host.
  readonly #server: Server = createServer({ requireHostHeader: false });
  readonly #connections = new WeakMap<Socket, NodeConnection>();
  readonly #entrance: NodeEntrance;
  readonly #watch: AcceptWatch;
  #url = "";
  #host = "";
  /** How much is at work: handlers, and answers that are not sent yet. */
  #busy = 0;
  #onIdle: (() => void) | undefined;
  #isClosing = false;
  #relistening: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: ListenerOptions) {
    this.#options = { ...options };
    this.#entrance = new NodeEntrance({
      ...this.#options,
      onFull: () => this.#pause(),
    });
    this.#watch = new AcceptWatch({
      maxConnections: options.admission.limits.maxConnections,
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

  get admission(): Admission {
    return this.#options.admission;
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

  /** Stops accepting until there is room. The connections go on; those that wait to be accepted are reset. */
  #pause(): void {
    if (this.#isClosing || !this.#server.listening) return;
    log.warn("accepting no connections for now: too many are open");
    this.#watch[Symbol.dispose]();
    this.#stopListening();
    this.#resumeLater();
  }

  #resumeLater(): void {
    this.#relistening = setTimeout(() => {
      if (this.#entrance.isFull) this.#resumeLater();
      else this.#listenAgain();
    }, PAUSE_MS);
  }

  /** Listens again on the same port. The connections go on. */
  async #relisten(): Promise<void> {
    this.#stopListening();
    await this.#listenAgain();
  }

  #stopListening(): void {
    // `Server.close` of `node:http` would also close the connections that have no request at work.
    NetServer.prototype.close.call(this.#server);
  }

  async #listenAgain(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      log.warn(`cannot listen again, trying once more: ${error}`);
      this.#relistening = setTimeout(() => this.#listenAgain(), RELISTEN_MS);
    }
  }

  #onConnection(socket: Socket): void {
    const permit = this.#entrance.take(socket);
    this.#connections.set(socket, new NodeConnection(this, socket, permit));
    this.#watch.noteAccepted(this.admission.counts.total("sockets"));
  }
}

function isAddrInUse(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    error.code === "EADDRINUSE";
}
