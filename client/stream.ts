import { EventParser, type StreamEvent } from "../events/event_parser.ts";
import { Backoff } from "./backoff.ts";
import { Connection, type End } from "./connection.ts";

/** Options for {@linkcode Stream}. */
export interface StreamOptions {
  /** Sends the request for a connection that resumes after an id, if there is one. */
  readonly ask: (lastId: string, signal: AbortSignal) => Promise<Response>;
  /** How long an open stream may bring no byte, in ms. */
  readonly silentMs: number;
  /** Whether a request that was not allowed may be sent once more, as it is then another one. */
  readonly canAskAnew: boolean;
  /** The id to resume after, or nothing. */
  readonly lastId: string;
  readonly onOpen: (response: Response) => void;
  /** Called with each event and the id to resume after it. */
  readonly onEvent: (event: StreamEvent, lastId: string) => void;
  /** Called when all that came together has been reported, with the id to resume after it. */
  readonly onRead: (lastId: string) => void;
  /** Called when a connection is lost, with the time until the next try, in ms. */
  readonly onLost: (end: End, waitMs: number) => void;
  /** Called when the server refused the stream for good. */
  readonly onRefused: (end: End) => void;
}

/** A stream over as many connections as it takes. It connects in a microtask: what is closed at once asks nothing. */
export class Stream {
  readonly #options: StreamOptions;
  readonly #backoff = new Backoff();
  #connection: Connection | undefined;
  /** Ends the wait for the next try. Absent while there is none. */
  #wake: (() => void) | undefined;
  #isMoved = false;
  #isClosed = false;
  #lastId: string;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#lastId = options.lastId;
    queueMicrotask(() => this.#run());
  }

  close(): void {
    this.#isClosed = true;
    this.cut();
    this.#wake?.();
  }

  /** Drops the connection. The stream then comes back as after any other loss. */
  cut(): void {
    this.#connection?.cut();
  }

  /** Connects at once if it waits, or if its connection has been silent for too long. */
  refresh(): void {
    if (this.#wake || this.#connection?.isSilent) this.move();
  }

  /** Connects anew at once: a connection of another network would stay silent. */
  move(): void {
    if (this.#wake) return this.#wake();
    this.#isMoved = true;
    this.cut();
  }

  async #run(): Promise<void> {
    const { canAskAnew, onLost, onRefused } = this.#options;
    let isAnew = false;
    while (!this.#isClosed) {
      this.#isMoved = false;
      const connection = this.#connect(() => isAnew = false);
      this.#connection = connection;
      const end = await connection.ended;
      if (this.#isClosed) return;
      const { isFinal, status, afterMs } = end;
      const isDenied = status === 401 || status === 403;
      if (isDenied && canAskAnew && !isAnew) {
        isAnew = true;
      } else if (isFinal) {
        this.#isClosed = true;
        onRefused(end);
      } else {
        const waitMs = this.#backoff.end(afterMs);
        onLost(end, this.#isMoved ? 0 : waitMs);
        if (!this.#isMoved && !this.#isClosed) await this.#wait(waitMs);
      }
    }
  }

  #connect(onOpen: () => void): Connection {
    const { ask, silentMs, onEvent, onRead, ...on } = this.#options;
    const parser = new EventParser(this.#lastId);
    const backoff = this.#backoff;
    return new Connection({
      ask: (signal) => ask(this.#lastId, signal),
      answerMs: backoff.start(),
      silentMs,
      parser,
      onOpen: (response) => {
        onOpen();
        backoff.opened();
        on.onOpen(response);
      },
      onEvent: (event) => onEvent(event, this.#lastId = parser.lastId),
      onRead: () => {
        backoff.retryMs = parser.retryMs ?? backoff.retryMs;
        onRead(this.#lastId = parser.lastId);
      },
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => this.#wake = undefined);
  }
}
