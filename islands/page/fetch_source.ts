import { ask } from "./ask.ts";
import { Backoff } from "./backoff.ts";
import type { Source } from "./connection.ts";
import { EventParser, type StreamEvent } from "../../events/event_parser.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What a source is given, and whom it reports to. */
export interface FetchSourceOptions {
  /** Where the stream is; asked anew for every connection. */
  url(): string;
  /** The last id seen, or nothing. */
  lastId: string;
  /** How long an open stream may bring nothing until it is taken for dead, in ms. */
  silentMs: number;
  /** What ends a silence: any bytes, comments too, or events alone. */
  hears: "bytes" | "events";
  /** The first bytes of a connection came. */
  onOpen(): void;
  onEvent(event: StreamEvent): void;
  /** The connection is lost, and the source comes back by itself unless it was refused. */
  onFailed(isRefused: boolean): void;
}

/** How often to ask for a stream before that attempt counts as failed. */
const MAX_ASKED = 6;
/** How often a connection is looked at, in ms. */
const WATCH_MS = 500;

/**
 * Reads a stream as `EventSource` does, and hears every event. An `EventSource` tells of those types alone that somebody
 * listens for by name, while here publishers may choose any, and several channels on one stream make their names types.
 * Nor does it tell of comments, and so not whether a quiet stream is a dead one: no browser notices a connection that
 * the network forgot, and Firefox closes an `EventSource` without an event when a navigation leaves the page in place.
 */
export class FetchSource implements Source {
  readonly #options: FetchSourceOptions;
  readonly #backoff = new Backoff();
  readonly #silence = new Stopwatch();
  #abort = new AbortController();
  /** How long this connection may bring nothing, in ms. */
  #limitMs = 0;
  #lastId: string;
  #watch: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FetchSourceOptions) {
    this.#options = options;
    this.#lastId = options.lastId;
    this.#connect();
  }

  /** Whether nothing came for too long. Timers that slept may not have noticed yet. */
  get isSilent(): boolean {
    return this.#silence.read() > this.#limitMs;
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#disconnect();
  }

  async #connect(): Promise<void> {
    const { signal } = this.#abort = new AbortController();
    const againMs = this.#backoff.start();
    this.#limitMs = MAX_ASKED * againMs;
    this.#silence.restart();
    // It does not wait for the browser to let go: an answer that never comes may never fail either.
    this.#watch = setInterval(() => {
      if (this.isSilent) this.#lost();
    }, WATCH_MS);
    const isRefused = await this.#read(signal, againMs);
    if (signal.aborted) return;
    if (!isRefused) return this.#lost();
    this.close();
    this.#options.onFailed(true);
  }

  #lost(): void {
    this.#disconnect();
    this.#retry = setTimeout(() => this.#connect(), this.#backoff.end());
    this.#options.onFailed(false);
  }

  #disconnect(): void {
    clearInterval(this.#watch);
    this.#abort.abort();
  }

  /** Reads one connection up to its end, and returns whether it was refused for good. */
  async #read(signal: AbortSignal, againMs: number): Promise<boolean> {
    const headers = {
      accept: "text/event-stream",
      ...this.#lastId && { "last-event-id": this.#lastId },
    };
    const response = await ask(
      this.#options.url(),
      { headers, cache: "no-store" },
      signal,
      againMs,
    );
    if (!response || signal.aborted) return false;
    if (response.status !== 200 || !isEventStream(response)) return true;
    this.#backoff.answered();
    this.#limitMs = this.#options.silentMs;
    this.#silence.restart();
    const parser = new EventParser(this.#lastId);
    const reader = response.body!.getReader();
    for (let isFirst = true;; isFirst = false) {
      const bytes = await reader.read().catch(() => undefined);
      if (!bytes || bytes.done || signal.aborted) return false;
      if (isFirst) this.#options.onOpen();
      const events = parser.push(bytes.value);
      if (this.#options.hears === "bytes" || events.length > 0) {
        this.#silence.restart();
      }
      this.#backoff.retryMs = parser.retryMs ?? this.#backoff.retryMs;
      this.#lastId = parser.lastId;
      for (const event of events) {
        this.#options.onEvent(event);
        // What is told may have closed the stream.
        if (signal.aborted) return false;
      }
    }
  }
}

/** Whether that is what the answer says that it is: parameters may follow, other names that begin so may not. */
function isEventStream({ headers }: Response): boolean {
  const [essence] = (headers.get("content-type") ?? "").split(";");
  return essence!.trim().toLowerCase() === "text/event-stream";
}
