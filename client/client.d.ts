/** Options for {@linkcode ChimeSource}. */
export interface ChimeSourceOptions {
  /** The channels to add to a URL that ends in `/sse/`. Without them, the URL names its channels itself. */
  channels?: readonly string[];
  /** Where the stream begins if nothing is stored: an id, `earliest` or a duration back, such as `5m`. */
  since?: string;
  /** Makes a ticket. Called each time before it connects, as a ticket opens one stream. */
  ticket?: () => Promise<string>;
  /** Headers to send, such as `authorization`. */
  headers?: HeadersInit;
  /** What sends the requests. Default: the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Whether cookies go to another origin, too. Default: false. */
  withCredentials?: boolean;
  /** Closes the source when it aborts. */
  signal?: AbortSignal;
  /** Keeps the last id over a reload, such as `sessionStorage`. */
  storage?: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
  };
  /** The interval of heartbeats to ask for, in s: 2 to 60. A stream that is silent for three of them is lost. Default: 8. */
  heartbeat?: number;
}

/** A message. */
export interface ChimeEvent<Type extends string = string, Data = unknown>
  extends MessageEvent<string> {
  /** The message's own type; `message` if it has none. */
  readonly type: Type;
  /** The channel; empty on the clock's stream, and where a stream of several has `flat=1` or `format=json`. */
  readonly channel: string;
  /** Only a status has one. */
  readonly state?: undefined;
  /**
   * Parses the data.
   *
   * @throws {SyntaxError} if it is not JSON.
   */
  json(): Data;
}

/** What happened to the stream. */
export interface StatusEvent extends MessageEvent<string> {
  readonly type: "status";
  /**
   * - `live`: the stream is complete from here on.
   * - `resumed`: everything missed has come.
   * - `reset`: what was missed cannot be known.
   * - `lagged`: events were lost here.
   * - `expired`: the right to the stream has ended. The source asks again, with a new ticket.
   * - `ended`: no more events will come.
   * - `reconnecting`: the connection is lost. `waitMs` says when the source tries again.
   * - `offline`: the same, while the browser knows of no network.
   */
  readonly state:
    | "live"
    | "resumed"
    | "reset"
    | "lagged"
    | "expired"
    | "ended"
    | "reconnecting"
    | "offline";
  /** With `resumed`: how many events came back. */
  readonly replayed?: number | undefined;
  /** With `lagged`: how many events were lost, if that is known. */
  readonly missed?: number | undefined;
  /** With `ended`: the channel, on a stream of several. */
  readonly channel?: string | undefined;
  /** With `reconnecting` and `offline`: why, if that is known. */
  readonly reason?: "draining" | "overloaded" | "silent" | undefined;
  /** With `reconnecting` and `offline`: the time until the next try, in ms. */
  readonly waitMs?: number | undefined;
}

/** The connection failed. `readyState` says whether the source tries again. */
export interface FailedEvent extends Event {
  readonly type: "error";
  /** The answer's status, if there was an answer other than a stream. */
  readonly status?: number | undefined;
  /** What the server said about it, if anything. */
  readonly detail?: string | undefined;
  /** What `fetch` or `ticket` threw, if anything. */
  readonly error?: unknown;
}

/** Messages by their types. */
export type ChimeMessages<Data> =
  & {
    message: ChimeEvent<
      "message",
      Data extends { message: infer Message } ? Message : unknown
    >;
  }
  & (string extends keyof Data ? unknown
    : { [Type in keyof Data & string]: ChimeEvent<Type, Data[Type]> });

/** What a {@linkcode ChimeSource} dispatches, by type. */
export type ChimeEvents<Data> = ChimeMessages<Data> & {
  open: Event;
  error: FailedEvent;
  status: StatusEvent;
};

/** What a loop over a {@linkcode ChimeSource} gets. */
export type ChimeIterated<Data> =
  | StatusEvent
  | (string extends keyof Data ? ChimeEvent<string, Data[keyof Data]>
    : ChimeMessages<Data>[keyof ChimeMessages<Data>]);

/**
 * A stream of Chime's events that never gives up: it comes back after any failure, resumes after the last event, and
 * notices a dead connection by its silence. It has what `EventSource` has.
 *
 * @typeParam Data The data of messages by their types, as `event.json()` returns them.
 */
export class ChimeSource<Data extends object = Record<string, unknown>>
  extends EventTarget {
  static readonly CONNECTING: 0;
  static readonly OPEN: 1;
  static readonly CLOSED: 2;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSED: 2;
  /** The stream's URL, with its channels. */
  readonly url: string;
  readonly withCredentials: boolean;
  /** `CONNECTING` also while it reconnects, `CLOSED` once it will not connect again. */
  readonly readyState: 0 | 1 | 2;
  onopen: ((event: Event) => unknown) | null;
  onmessage:
    | ((event: ChimeMessages<Data>["message"]) => unknown)
    | null;
  onerror: ((event: FailedEvent) => unknown) | null;

  /**
   * Opens the stream.
   *
   * @param url The stream's URL. A relative one is resolved against the page.
   * @throws {TypeError} for a URL that is none, and for a channel's name that no channel can have.
   * @throws {URIError} for a URL whose channels are wrongly encoded.
   */
  constructor(url: string | URL, options?: ChimeSourceOptions);

  /** Closes the stream for good. */
  close(): void;

  /**
   * The messages and status events from now on, one at a time: the next one when the loop's body is done. 1,000 wait. If
   * more come, the oldest are dropped, and a status `lagged` says how many. The iteration ends when the source is closed.
   *
   * @throws {Error} if the server refuses the stream for good.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ChimeIterated<Data>, void, void>;

  addEventListener<Type extends keyof ChimeEvents<Data>>(
    type: Type,
    listener: (event: ChimeEvents<Data>[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: (event: ChimeEvent) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof ChimeEvents<Data>>(
    type: Type,
    listener: (event: ChimeEvents<Data>[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: (event: ChimeEvent) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}
