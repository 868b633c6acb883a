import { delay } from "@std/async/delay";

/** What a {@linkcode FaultyServer} does wrong. */
export interface Fault {
  /** A stream that resumes misses the first event that it should get. */
  readonly loses?: boolean;
  /** A stream that resumes gets its last event again. */
  readonly repeats?: boolean;
  /** Messages are refused once more have come than at this many a second. */
  readonly maxRate?: number;
  /** How late events are, in ms. */
  readonly delayMs?: number;
}

/** Over how long a rate is measured, in ms. */
const WINDOW_MS = 500;

const HEADERS = { "content-type": "text/event-stream" };
const encoder = new TextEncoder();

/** A server of one channel that keeps all events, which outlive {@linkcode FaultyServer.restart}. */
export class FaultyServer implements AsyncDisposable {
  /** How often clients came back with an id. */
  resumed = 0;
  readonly #fault: Fault;
  readonly #events: Uint8Array[] = [];
  #controllers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  #recent: number[] = [];
  #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(fault: Fault = {}) {
    this.#fault = fault;
    this.#server = this.#listen(0);
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** Ends all streams and stops listening; listens again on the same port. */
  async restart(): Promise<void> {
    const { port } = this;
    await this[Symbol.asyncDispose]();
    this.#server = this.#listen(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const controller of this.#controllers) controller.close();
    this.#controllers = new Set();
    await this.#server.shutdown();
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    return Deno.serve(
      { hostname: "127.0.0.1", port, onListen() {} },
      (request) =>
        request.method === "POST"
          ? this.#publish(request)
          : this.#open(request),
    );
  }

  async #publish(request: Request): Promise<Response> {
    const text = await request.text();
    const now = performance.now();
    this.#recent = this.#recent.filter((at) => at > now - WINDOW_MS);
    const { maxRate = Infinity } = this.#fault;
    if (this.#recent.length >= maxRate * WINDOW_MS / 1_000) {
      return new Response(null, { status: 503 });
    }
    this.#recent.push(now);
    if (this.#fault.delayMs) await delay(this.#fault.delayMs);
    const id = `1-${this.#events.length}.epoch`;
    const frame = encoder.encode(`data: ${text}\nid: ${id}\n\n`);
    this.#events.push(frame);
    for (const controller of this.#controllers) controller.enqueue(frame);
    return new Response(null, { status: 201 });
  }

  #open(request: Request): Response {
    const last = request.headers.get("last-event-id");
    let missed: readonly Uint8Array[] = [];
    if (last !== null) {
      this.resumed++;
      const { loses, repeats } = this.#fault;
      const next = parseInt(last.split("-")[1]!) + 1;
      missed = this.#events.slice(next + (loses ? 1 : repeats ? -1 : 0));
    }
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        controller.enqueue(encoder.encode("retry: 100\n"));
        for (const frame of missed) controller.enqueue(frame);
        this.#controllers.add(controller);
      },
      cancel: () => {
        this.#controllers.delete(own);
      },
    });
    return new Response(body, { headers: HEADERS });
  }
}
