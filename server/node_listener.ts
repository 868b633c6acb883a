import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { HttpError } from "../routes/http_error.ts";
import type { Admission } from "./admission.ts";
import type { Listener, ListenerOptions } from "./listener.ts";
import { refuse } from "./node_answer.ts";
import { NodeConnection, type NodeService } from "./node_connection.ts";
import { NodeEntrance } from "./node_entrance.ts";
import { NodePort } from "./node_port.ts";

/** Listens with `node:http`: HTTP/1.0 and HTTP/1.1. */
export class NodeListener implements Listener, NodeService {
  readonly #options: ListenerOptions;
  // The routes say what is wrong with a Host.
  readonly #server: Server = createServer({ requireHostHeader: false });
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

  noteWork(change: 1 | -1): void {
    this.#busy += change;
    if (this.#busy === 0) this.#onIdle?.();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#port[Symbol.dispose]();
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
    this.#connections.set(socket, new NodeConnection(this, socket, permit));
    this.#port.noteAccepted();
  }
}

function isAddrInUse(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    error.code === "EADDRINUSE";
}
