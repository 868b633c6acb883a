import { log } from "../log/log.ts";
import { closeAfter, hasLongBody, isClosing } from "./deno_closing.ts";
import { dropBody } from "./drop_body.ts";
import { failureResponse } from "./failure_response.ts";
import {
  BACKLOG,
  type Listener,
  type ListenerOptions,
  urlOf,
} from "./listener.ts";

/** How long to wait before listening again, in ms: what made it fail is hardly over sooner. */
const RELISTEN_MS = 100;

/**
 * Listens with `Deno.serve`, and listens again on the same port where accepting failed: `Deno.serve` ends for good when
 * it runs out of file descriptors, while the connections that it has go on.
 */
export class DenoListener implements Listener {
  readonly #options: ListenerOptions;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #isClosing = false;
  /** How many requests wait for their answer. */
  #busy = 0;
  #onIdle: (() => void) | undefined;
  #relistening: ReturnType<typeof setTimeout> | undefined;

  /**
   * Listens.
   *
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   */
  constructor(options: ListenerOptions) {
    this.#options = { ...options };
    this.#server = this.#listen(options);
    this.#options.port = this.#server.addr.port;
  }

  get url(): string {
    const { hostname, port } = this.#server.addr;
    return urlOf(hostname, port);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#relistening);
    // Shutting down would cut off bodies that are still arriving.
    if (this.#busy > 0) {
      await new Promise<void>((resolve) => this.#onIdle = resolve);
    }
    await this.#server.shutdown();
  }

  async #answer(
    request: Request,
    { remoteAddr, completed }: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Promise<Response> {
    this.#busy++;
    const permit = this.#options.admission.request(
      remoteAddr.hostname,
      () => request.headers.get("x-forwarded-for"),
      true,
    );
    const end = () => permit[Symbol.dispose]();
    // It rejects if the client leaves.
    completed.then(end, end);
    const { address, refused } = permit;
    try {
      const client = { address, refused };
      const response = await this.#options.handler(request, client);
      // Not awaited: the answer goes first.
      const onCut = () => this.#options.onRefused("long_body");
      dropBody(request, onCut);
      if (hasLongBody(request)) onCut();
      return closeAfter(request, response);
    } finally {
      if (--this.#busy === 0) this.#onIdle?.();
    }
  }

  #listen({ hostname, port, reusePort }: ListenerOptions) {
    const server = Deno.serve(
      {
        hostname,
        port,
        tcpBacklog: BACKLOG,
        // Even a false one would need a permission that is not stable.
        ...(reusePort && { reusePort }),
        onListen() {},
        // Deno's own handler throws where standard error cannot be written to.
        onError: (error) =>
          isClosing(error) ? new Response() : failureResponse(error),
      },
      (request, info) => this.#answer(request, info),
    );
    server.finished.catch((error) => this.#onFault(error));
    return server;
  }

  #onFault(error: unknown): void {
    if (this.#isClosing) return;
    log.warn(`stopped accepting, listening again: ${error}`);
    this.#relistening = setTimeout(() => {
      try {
        this.#server = this.#listen(this.#options);
      } catch (error) {
        this.#onFault(error);
      }
    }, RELISTEN_MS);
  }
}
