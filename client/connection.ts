import type { EventParser, StreamEvent } from "../events/event_parser.ts";
import { Quiet } from "./quiet.ts";
import { readRefusal, type Refusal } from "./refusal.ts";

/** How a connection ended. */
export interface End extends Partial<Refusal> {
  /** Whether it was cut because nothing came for too long. */
  readonly isSilent?: boolean;
  /** What was thrown, if anything. */
  readonly error?: unknown;
}

/** Options for {@linkcode Connection}. */
export interface ConnectionOptions {
  /** Sends the request. */
  readonly ask: (signal: AbortSignal) => Promise<Response>;
  /** How long the answer may take, in ms. */
  readonly answerMs: number;
  /** How long an open stream may bring no byte, in ms. */
  readonly silentMs: number;
  readonly parser: EventParser;
  readonly onOpen: (response: Response) => void;
  /** Called with each event, while the parser's `lastId` is the id to resume after it. */
  readonly onEvent: (event: StreamEvent) => void;
  /** Called when the events that came together have been reported. */
  readonly onRead: () => void;
}

/** How often to look whether the stream is silent, in ms. */
const WATCH_MS = 500;

/** One connection: a request, and the stream that answers it. Nothing is reported any more once it has ended. */
export class Connection {
  readonly ended: Promise<End>;
  readonly #options: ConnectionOptions;
  readonly #abort = new AbortController();
  readonly #quiet = new Quiet();
  #limitMs: number;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#limitMs = options.answerMs;
    const watch = setInterval(() => {
      if (this.isSilent) this.cut({ isSilent: true });
    }, WATCH_MS);
    const { signal } = this.#abort;
    // Neither a request nor a body need ever end, or heed the signal.
    const cut = new Promise<End>((resolve) =>
      signal.addEventListener("abort", () => resolve(signal.reason))
    );
    const read = this.#read(signal).catch((error): End => ({ error }));
    this.ended = Promise.race([cut, read]).finally(() => {
      clearInterval(watch);
      this.cut();
    });
  }

  /** Whether nothing came for too long. The timer may not have noticed yet, as after the machine slept. */
  get isSilent(): boolean {
    return this.#quiet.ms > this.#limitMs;
  }

  cut(end: End = {}): void {
    this.#abort.abort(end);
  }

  async #read(signal: AbortSignal): Promise<End> {
    const { ask, silentMs, parser, onOpen, onEvent, onRead } = this.#options;
    const response = await ask(signal);
    const refusal = await readRefusal(response);
    if (refusal || signal.aborted) return refusal ?? {};
    this.#limitMs = silentMs;
    this.#quiet.end();
    onOpen(response);
    const reader = response.body!.getReader();
    for (;;) {
      const { value } = await reader.read();
      if (!value || signal.aborted) return {};
      this.#quiet.end();
      for (const event of parser.read(value)) {
        onEvent(event);
        // A listener may have closed the stream.
        if (signal.aborted) break;
      }
      onRead();
    }
  }
}
