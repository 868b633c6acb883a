/** A proxy in front of a server, which can do what networks do. It forwards bytes and knows no HTTP. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #port: number;
  readonly #connections = new Set<Deno.Conn>();
  readonly #forgotten = new WeakSet<Deno.Conn>();
  readonly #done: Promise<void>;
  #isSilent = false;
  /** How many connections were made so far. */
  accepted = 0;

  /** @param port The server's. */
  constructor(port: number) {
    this.#port = port;
    this.#done = this.#accept();
  }

  /** Where it is reached, such as `http://127.0.0.1:41235/`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}/`;
  }

  /** Forgets all connections: no byte passes any more, and neither side hears of it. New ones stay open in silence. */
  silence(): void {
    this.#isSilent = true;
    for (const connection of this.#connections) {
      this.#forgotten.add(connection);
    }
  }

  /** Serves new connections again. Those that it forgot stay so. */
  heal(): void {
    this.#isSilent = false;
  }

  /** Cuts all connections. */
  drop(): void {
    for (const connection of this.#connections) close(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.drop();
    await this.#done;
  }

  async #accept(): Promise<void> {
    const forwarded: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) {
        this.accepted++;
        forwarded.push(this.#forward(client));
      }
    } finally {
      await Promise.all(forwarded);
    }
  }

  async #forward(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect({
      hostname: "127.0.0.1",
      port: this.#port,
    });
    for (const connection of [client, server]) {
      this.#connections.add(connection);
      if (this.#isSilent) this.#forgotten.add(connection);
    }
    await Promise.all([this.#pump(client, server), this.#pump(server, client)]);
  }

  async #pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const bytes = new Uint8Array(16 * 1024);
    try {
      while (true) {
        const count = await from.read(bytes);
        if (count === null) break;
        if (this.#forgotten.has(from)) continue;
        for (let sent = 0; sent < count;) {
          sent += await to.write(bytes.subarray(sent, count));
        }
      }
    } catch {
      // One of the two has gone, which ends the other as well.
    }
    for (const connection of [from, to]) {
      this.#connections.delete(connection);
      close(connection);
    }
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It has been closed before.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
