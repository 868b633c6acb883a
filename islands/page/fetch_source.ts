import { ask } from "./ask.ts";
import { Backoff } from "./backoff.ts";
import type { Source } from "./connection.ts";
import { EventParser, type StreamEvent } from "../../events/event_parser.ts";
import { Stopwatch } from "./stopwatch.ts";
import { withToken } from "./with_token.ts";

/** Options for {@linkcode FetchSource}. */
export interface FetchSourceOptions {
  /** Returns the stream's URL. Called for each connection. */
  url(): string;
  /** Returns the token to send where the server asks for one, if there is one. */
  token?(): string | undefined;
  /** The last id seen, or an empty string. */
  lastId: string;
  /** An open stream that brings nothing for this long is dead, in ms. */
  silentMs: number;
  /** What counts as a sign of life: all bytes, including comments, or only events. */
  hears: "bytes" | "events";
  /** Called at the first bytes of a connection. */
  onOpen?(): void;
  onEvent(event: StreamEvent): void;
  /** Called when the connection is lost. The source reconnects by itself unless it was refused. */
  onFailed(isRefused: boolean): void;
}

/** How often to send a request for a stream before the attempt counts as failed. */
const MAX_ASKED = 6;
/** The interval of checks whether the stream is silent, in ms. */
const WATCH_MS = 500;

/**
 * Reads a stream as `EventSource` does, but reports all events, whatever their type. An `EventSource` reports only types
 * with a listener, while publishers choose any type, and on a stream of several channels the types are channels. Nor does
 * it report comments, so a page could not tell an idle stream from a dead one: browsers do not notice a connection that
 * the network forgot, and Firefox closes an `EventSource` without an event when a navigation leaves the page in place.
 */
export class FetchSource implements Source {
  readonly #options: FetchSourceOptions;
  readonly #backoff = new Backoff();
  readonly #silence = new Stopwatch();
  #abort = new AbortController();
  /** How long this connection may be silent, in ms. */
  #limitMs = 0;
  #lastId: string;
  #watch: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FetchSourceOptions) {
    this.#options = options;
    this.#lastId = options.lastId;
    this.#connect();
  }

  /** Whether nothing came for too long. The timer may not have noticed yet, if the machine slept. */
  get isSilent(): boolean {
    return this.quietMs > this.#limitMs;
  }

  get quietMs(): number {
    return this.#silence.read();
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
    // The fetch itself may never fail, so this does not wait for it.
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

  /** Reads one connection to its end. Returns whether it was refused for good. */
  async #read(signal: AbortSignal, againMs: number): Promise<boolean> {
    const headers = {
      accept: "text/event-stream",
      ...this.#lastId && { "last-event-id": this.#lastId },
    };
    const { url, token } = this.#options;
    const response = await withToken((more) =>
      ask(
        url(),
        { headers: { ...headers, ...more }, cache: "no-store" },
        signal,
        againMs,
      ), token?.());
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
      if (isFirst) this.#options.onOpen?.();
      const events = parser.push(bytes.value);
      if (this.#options.hears === "bytes" || events.length > 0) {
        this.#silence.restart();
      }
      this.#backoff.retryMs = parser.retryMs ?? this.#backoff.retryMs;
      this.#lastId = parser.lastId;
      for (const event of events) {
        this.#options.onEvent(event);
        // The callback may have closed the stream.
        if (signal.aborted) return false;
      }
    }
  }
}

/** Whether the `Content-Type`, without its parameters, is that of an event stream. */
function isEventStream({ headers }: Response): boolean {
  const [essence] = (headers.get("content-type") ?? "").split(";");
  return essence!.trim().toLowerCase() === "text/event-stream";
}
