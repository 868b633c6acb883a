import type { Source } from "./connection.ts";
import { EventParser, type StreamEvent } from "./event_parser.ts";

/** What a source is given, and whom it reports to. */
export interface FetchSourceOptions {
  /** Where the stream is; asked anew for every connection. */
  url(): string;
  /** The last id seen, or nothing. */
  lastId: string;
  onOpen(): void;
  onEvent(event: StreamEvent): void;
  /** The connection is lost, and the source comes back by itself unless it was refused. */
  onFailed(isRefused: boolean): void;
}

/** Until the server says otherwise, in ms. */
const RETRY_MS = 3_000;

/**
 * Reads a stream as `EventSource` does, and hears every event. An `EventSource` tells of those types alone that somebody
 * listens for by name, while here publishers may choose any, and several channels on one stream make their names types.
 */
export class FetchSource implements Source {
  readonly #options: FetchSourceOptions;
  #abort = new AbortController();
  #lastId: string;
  #retryMs = RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FetchSourceOptions) {
    this.#options = options;
    this.#lastId = options.lastId;
    this.#connect();
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#abort.abort();
  }

  async #connect(): Promise<void> {
    const { signal } = this.#abort = new AbortController();
    const isRefused = await this.#read(signal);
    if (signal.aborted) return;
    if (isRefused) this.close();
    else this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#options.onFailed(isRefused);
  }

  /** Reads one connection up to its end, and returns whether it was refused for good. */
  async #read(signal: AbortSignal): Promise<boolean> {
    const response = await fetch(this.#options.url(), {
      headers: {
        accept: "text/event-stream",
        ...this.#lastId && { "last-event-id": this.#lastId },
      },
      cache: "no-store",
      signal,
    }).catch(() => undefined);
    if (!response || signal.aborted) return false;
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200 || !/^text\/event-stream\b/i.test(type)) {
      return true;
    }
    this.#options.onOpen();
    const parser = new EventParser(this.#lastId);
    const reader = response.body!.getReader();
    while (true) {
      const bytes = await reader.read().catch(() => undefined);
      if (!bytes || bytes.done || signal.aborted) return false;
      const events = parser.push(bytes.value);
      this.#retryMs = parser.retryMs ?? this.#retryMs;
      this.#lastId = parser.lastId;
      for (const event of events) {
        this.#options.onEvent(event);
        // What is told may have closed the stream.
        if (signal.aborted) return false;
      }
    }
  }
}
