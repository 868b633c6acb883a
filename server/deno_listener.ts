import { log } from "../log/log.ts";

/** How long to wait before listening again, in ms: what made it fail is hardly over sooner. */
const RELISTEN_MS = 100;

/** What a server is made of. */
export interface ServerOptions {
  hostname: string;
  /** 0 stands for any free one. */
  port: number;
  /** Whether others, which do the same, may listen on the port as well. */
  reusePort: boolean;
  handler(request: Request): Response | Promise<Response>;
  /** Hears why the server stopped accepting; it listens again by itself. */
  onFault(error: unknown): void;
}

/**
 * Listens, and listens again on the same port where accepting failed: `Deno.serve` ends for good when it runs out of
 * file descriptors, while the connections that it has go on.
 */
export class Server {
  readonly #options: ServerOptions;
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
  constructor(options: ServerOptions) {
    this.#options = { ...options };
    this.#server = this.#listen(options);
    this.#options.port = this.#server.addr.port;
  }

  /** Where the server is reached, as a URL with a path of `/`. */
  get url(): string {
    const { hostname, port } = this.#server.addr;
    return `http://${
      hostname.includes(":") ? `[${hostname}]` : hostname
    }:${port}/`;
  }

  /** Answers what has been asked, stops accepting, and settles once every answer is sent: end the streams first. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#relistening);
    // To shut down cuts off bodies that are still arriving.
    if (this.#busy > 0) {
      await new Promise<void>((resolve) => this.#onIdle = resolve);
    }
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    this.#busy++;
    try {
      return await this.#options.handler(request);
    } finally {
      if (--this.#busy === 0) this.#onIdle?.();
    }
  }

  #listen({ hostname, port, reusePort }: ServerOptions) {
    const server = Deno.serve(
      // Where no port is shared, the option alone would take a permission that is not stable.
      {
        hostname,
        port,
        ...(reusePort && { reusePort }),
        onListen() {},
        // Deno's own handler throws where standard error cannot be written to.
        onError: (error) => {
          log("a request failed", error);
          return new Response(null, { status: 500 });
        },
      },
      (request) => this.#answer(request),
    );
    server.finished.catch((error) => this.#onFault(error));
    return server;
  }

  #onFault(error: unknown): void {
    if (this.#isClosing) return;
    this.#options.onFault(error);
    this.#relistening = setTimeout(() => {
      try {
        this.#server = this.#listen(this.#options);
      } catch (error) {
        this.#onFault(error);
      }
    }, RELISTEN_MS);
  }
}

/** Where Linux tells a process its limits. */
export const DESCRIPTOR_LIMITS = "/proc/self/limits";

/** How many files this process may have open, each connection being one; unknown where the system does not tell. */
export async function descriptorLimit(): Promise<number | undefined> {
  try {
    // Deno opens files below /proc for programs with every permission only. A module that is text it reads with the
    // permission to read that one file.
    const { default: text } = await import(`file://${DESCRIPTOR_LIMITS}`, {
      with: { type: "text" },
    });
    const soft = /^Max open files +(\d+)/m.exec(text)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
