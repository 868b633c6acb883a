import { type ServerProcess, startServer } from "../support/server_process.ts";
import { type SqliteFolder, sqliteFolder } from "../support/sqlite_folder.ts";
import type { Proxy } from "./proxy.ts";
import { startProxy } from "./start_proxy.ts";

/** The versions of HTTP that clients of a proxy speak. */
export const VERSIONS = ["HTTP/1.1", "HTTP/2"] as const;

/** A Chime in a process of its own, and a proxy in front of it. */
export class ProxiedChime implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #args: readonly string[];
  readonly #certificate: string;
  /** The proxy's URL, such as `https://localhost:41235/`. */
  readonly url: string;
  chime: ServerProcess;

  private constructor(
    stack: AsyncDisposableStack,
    args: readonly string[],
    chime: ServerProcess,
    { url, certificate }: { url: string; certificate: string },
  ) {
    this.#stack = stack;
    this.#args = args;
    this.#certificate = certificate;
    this.url = url;
    this.chime = chime;
  }

  /** Starts both. `edit` changes the proxy's configuration. */
  static async start(
    proxy: Proxy,
    edit?: (text: string) => string,
  ): Promise<ProxiedChime> {
    await using stack = new AsyncDisposableStack();
    const { file }: SqliteFolder = stack.use(await sqliteFolder());
    const args = [
      ...["--token", "t", "--journal", `sqlite:${file}`],
      ...["--trusted-proxy", "127.0.0.1", "--access-log"],
    ];
    const chime = stack.use(await startServer(["--port", "0", ...args]));
    const running = stack.use(await startProxy(proxy, chime.port, edit));
    return new ProxiedChime(stack.move(), args, chime, running);
  }

  /** Starts Chime again where it was. */
  async restart(): Promise<void> {
    this.chime = this.#stack.use(
      await startServer(["--port", `${this.chime.port}`, ...this.#args]),
    );
  }

  /**
   * Makes a client of the proxy.
   *
   * @param from The address that it has: each of 127.0.0.0/8 is another one.
   */
  client(
    version: (typeof VERSIONS)[number],
    from = "127.0.0.1",
  ): Deno.HttpClient {
    const isNew = version === "HTTP/2";
    return Deno.createHttpClient({
      caCerts: [this.#certificate],
      http1: !isNew,
      http2: isNew,
      localAddress: from,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Options of `fetch` with a client. The types of browsers, which this project uses, have none. */
export function through(
  client: Deno.HttpClient,
  init: RequestInit = {},
): RequestInit {
  return Object.assign(init, { client });
}
