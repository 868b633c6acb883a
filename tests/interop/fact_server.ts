const HEADERS = { "content-type": "text/event-stream; charset=utf-8" };
/** A line of 100 KiB. */
const LONG_LINE = "0123456789".repeat(10_240);
const encoder = new TextEncoder();

/** What a fake server sends on each stream whose path begins with one of these names. */
const STREAMS = {
  /** An event, and then the end. */
  ends: { text: "retry:500\ndata: 1\nid: 1\n\n", isEnded: true },
  /** The same, but from the second request on it says that there is nothing more. */
  over: { text: "retry:500\ndata: 1\nid: 1\n\n", isEnded: true },
  /** An event, and then nothing. */
  silent: { text: "retry:500\ndata: 1\nid: 1\n\n" },
  /** A comment and an empty line. */
  comment: { text: "retry:500\n:\n\n" },
  /** A long line. */
  long: { text: `retry:500\ndata: ${LONG_LINE}\nid: 1\n\n` },
} satisfies Record<string, { text: string; isEnded?: boolean }>;

export type Behaviour = keyof typeof STREAMS;

/** What a server sees of the client that asks for one path. */
export interface Asked {
  /** How often it asked. */
  times: number;
  /** How long it listened to its first stream before it cut it, in ms. */
  cutAfterMs?: number;
}

/** A server that does what clients should be ready for, and sees what they make of it. */
export class FactServer implements AsyncDisposable {
  readonly #asked = new Map<string, Asked>();
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => this.#answer(new URL(request.url).pathname),
  );

  url(path: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}${path}`;
  }

  /** What was seen of a path so far. */
  asked(path: string): Asked {
    const asked = this.#asked.get(path) ?? { times: 0 };
    this.#asked.set(path, asked);
    return asked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(path: string): Response {
    const behaviour = path.split("/")[1] as Behaviour;
    const asked = this.asked(path);
    asked.times++;
    if (behaviour === "over" && asked.times > 1) {
      return new Response(null, { status: 204 });
    }
    const stream: { text: string; isEnded?: boolean } = STREAMS[behaviour];
    const startMs = performance.now();
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(encoder.encode(stream.text));
        if (stream.isEnded) controller.close();
      },
      cancel() {
        asked.cutAfterMs ??= performance.now() - startMs;
      },
    });
    return new Response(body, { headers: HEADERS });
  }
}
