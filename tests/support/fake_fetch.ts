import { stub } from "@std/testing/mock";
import type { Status } from "../../events/frame.ts";

/** A connection that a `fetch()` asked for, which the test answers. */
export class FakeConnection {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  #answer = Promise.withResolvers<Response>();
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(url: string, init: RequestInit) {
    const { headers, signal } = init;
    this.url = url;
    this.init = init;
    this.headers = new Headers(headers);
    this.signal = signal!;
    this.signal.addEventListener("abort", () => this.cut());
  }

  get answer(): Promise<Response> {
    return this.#answer.promise;
  }

  /** Opens the stream. */
  open(contentType = "text/event-stream"): void {
    const body = new ReadableStream({
      start: (controller) => {
        this.#body = controller;
      },
    });
    const headers = { "content-type": contentType };
    this.#answer.resolve(new Response(body, { headers }));
  }

  /** The server's first line, which it writes before there is anything to say. */
  begin(): void {
    this.open();
    this.send("retry: 3000\n");
  }

  /** The clock's event of that second, in ms since the epoch. */
  tick(ms: number): void {
    const time = new Date(ms).toISOString().slice(0, 19).replace("T", " ");
    this.send(`data: The current time is ${time}\nid: ${ms}-0\n\n`);
  }

  status(status: Status): void {
    this.send(`event: status\ndata: ${JSON.stringify(status)}\n\n`);
  }

  refuse(
    status: number,
    type = "text/event-stream",
    body: string | null = null,
    more: HeadersInit = {},
  ): void {
    const headers = { "content-type": type, ...more };
    this.#answer.resolve(new Response(body, { status, headers }));
  }

  /** Refuses the stream as Chime does. */
  problem(status: number, detail = "no"): void {
    const body = JSON.stringify({ title: "Refused", status, detail });
    this.refuse(status, "application/problem+json", body);
  }

  send(text: string): void {
    this.#body!.enqueue(new TextEncoder().encode(text));
  }

  /** Ends it as a server does. */
  end(): void {
    this.#body!.close();
  }

  /** Ends it as a network does: before an answer, too. */
  cut(): void {
    const error = new TypeError("network error");
    this.#answer.reject(error);
    // The page may have closed the connection, and no longer wait.
    this.#answer.promise.catch(() => {});
    try {
      this.#body?.error(error);
    } catch {
      // It has ended.
    }
  }
}

/** A `fetch()` whose server is the test. */
export class FakeFetch implements Disposable {
  /** Every connection asked for. */
  readonly all: FakeConnection[] = [];
  /** Answers `/healthz`, which is not among those connections. */
  healthz: () => Response = () => new Response(null, { status: 404 });
  readonly #stub = stub(
    globalThis,
    "fetch",
    ((url: string, init: RequestInit) => {
      if (url === "healthz") return Promise.resolve(this.healthz());
      const connection = new FakeConnection(url, init);
      this.all.push(connection);
      return connection.answer;
    }) as typeof fetch,
  );

  get last(): FakeConnection {
    return this.all.at(-1)!;
  }

  [Symbol.dispose](): void {
    this.#stub.restore();
  }
}
