import { createServer, type Server, type ServerOptions } from "node:http";
import type { Socket } from "node:net";
import type { RefusedReason } from "../hub/refused.ts";
import { HttpError } from "../routes/http_error.ts";
import type { Admission } from "./admission.ts";
import { ConnectionWatch } from "./connection_watch.ts";
import type { Listener, ListenerOptions, Unreadable } from "./listener.ts";
import { NodeConnection } from "./node_connection.ts";
import { NodeEntrance } from "./node_entrance.ts";
import { NodePort } from "./node_port.ts";
import type { NodeService } from "./node_service.ts";

/** How long a connection is kept between two requests, in ms: longer than proxies do, as closing first may cost a request. */
export const KEEP_ALIVE_MS = 75_000;

const SERVER_OPTIONS: ServerOptions & { optimizeEmptyRequests: boolean } = {
  // The routes say what is wrong with a Host.
  requireHostHeader: false,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // Heads are timed by `NodeLimits`, bodies by who reads them.
  headersTimeout: 0,
  requestTimeout: 0,
  // Otherwise, whenever a stream's client leaves, an error with its stack is made for the request's body, also where
  // there is none: half of all that a client costs that connects and leaves.
  optimizeEmptyRequests: true,
};

/** Listens with `node:http`: HTTP/1.0 and HTTP/1.1. */
export class NodeListener implements Listener, NodeService {
  readonly #options: ListenerOptions;
  readonly #server: Server = createServer(SERVER_OPTIONS);
  readonly #watch = new ConnectionWatch();
  readonly #connections = new WeakMap<Socket, NodeConnection>();
  readonly #entrance: NodeEntrance;
  readonly #port: NodePort;
  #host = "";
  /** How much is at work: handlers, and answers that are not sent yet. */
  #busy = 0;
  #onIdle: (() => void) | undefined;
  #isClosing = false;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#entrance = new NodeEntrance({
      ...options,
      onFull: () => this.#port.pause(),
    });
    this.#port = new NodePort({
      ...options,
      server: this.#server,
      isFull: () => this.#entrance.isFull,
    });
    this.#server
      .on("connection", (socket) => this.#onConnection(socket))
      .on("request", (message, answer) => this.#take(message, answer))
      // `Expect: 100-continue`: a request that is refused for its head should not send its body.
      .on(
        "checkContinue",
        (message, answer) =>
          this.#take(message, answer, () => answer.writeContinue()),
      )
      // Any other `Expect` is ignored.
      .on("checkExpectation", (message, answer) => this.#take(message, answer))
      .on("connect", ({ url, method }, socket) => {
        const detail = `Cannot CONNECT "${url}": Chime is not a proxy`;
        this.#connections.get(socket as Socket)
          ?.refuse(new HttpError(405, detail, { allow: "" }), method);
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
      await listener.#port.open();
      listener.#host = new URL(listener.url).host;
    } catch (error) {
      listener.#port[Symbol.dispose]();
      throw isAddrInUse(error)
        ? new Deno.errors.AddrInUse(error.message)
        : error;
    }
    return listener;
  }

  get url(): string {
    return this.#port.url;
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

  onRefused(reason: RefusedReason): void {
    this.#options.onRefused(reason);
  }

  onUnreadable(answer: Unreadable): void {
    this.#options.onUnreadable(answer);
  }

  noteWork(change: 1 | -1): void {
    this.#busy += change;
    if (this.#busy === 0) this.#onIdle?.();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#port[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    if (this.#busy > 0) {
      await new Promise<void>((resolve) => this.#onIdle = resolve);
    }
    // Those that are left have sent no request yet.
    this.#server.closeAllConnections();
    await closed;
  }

  #take(...args: Parameters<NodeConnection["take"]>): void {
    this.#connections.get(args[0].socket)?.take(...args);
  }

  #onConnection(socket: Socket): void {
    const permit = this.#entrance.take(socket);
    const connection = new NodeConnection(this, socket, permit);
    this.#connections.set(socket, connection);
    this.#watch.add(connection);
    this.#port.noteAccepted();
  }
}

function isAddrInUse(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    error.code === "EADDRINUSE";
}
