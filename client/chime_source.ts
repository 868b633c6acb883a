import type { StreamEvent } from "../events/event_parser.ts";
import { ask, silentMs } from "./ask.ts";
import type {
  ChimeIterated,
  ChimeSourceOptions,
  StatusEvent,
} from "./client.d.ts";
import type { End } from "./connection.ts";
import { EventQueue } from "./event_queue.ts";
import { followPage } from "./follow_page.ts";
import { LastId } from "./last_id.ts";
import { readStatus, type Status } from "./read_status.ts";
import { Stream } from "./stream.ts";
import { streamUrl, typeSplitter } from "./stream_url.ts";

type Handler = ((event: Event) => unknown) | null;
/** What loops get. */
type Told = ChimeIterated<Record<string, unknown>>;
type State = 0 | 1 | 2;

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

/** The source that `client.d.ts` declares, where its members are described. */
export class ChimeSource extends EventTarget {
  static readonly CONNECTING: 0 = CONNECTING;
  static readonly OPEN: 1 = OPEN;
  static readonly CLOSED: 2 = CLOSED;
  readonly CONNECTING: 0 = CONNECTING;
  readonly OPEN: 1 = OPEN;
  readonly CLOSED: 2 = CLOSED;
  readonly url: string;
  readonly withCredentials: boolean;
  onopen: Handler = null;
  onmessage: Handler = null;
  onerror: Handler = null;
  readonly #stream: Stream;
  readonly #stored: LastId;
  readonly #split: ReturnType<typeof typeSplitter>;
  readonly #closing = new AbortController();
  readonly #queues = new Set<EventQueue<Told>>();
  #readyState: State = CONNECTING;
  #origin: string;
  /** The id to resume after, or nothing. */
  #id: string;
  #isEnded = false;
  /** Why the server is about to close the stream, if it said so. */
  #reason: StatusEvent["reason"];
  #refusal: Error | undefined;

  constructor(url: string | URL, options: ChimeSourceOptions = {}) {
    super();
    const { channels, storage, signal, withCredentials = false } = options;
    const stream = streamUrl(url, channels);
    this.url = stream.href;
    this.withCredentials = withCredentials;
    this.#origin = stream.origin;
    this.#split = typeSplitter(stream);
    this.#stored = new LastId(stream, storage);
    this.#id = this.#stored.id;
    for (const type of ["open", "message", "error"] as const) {
      this.addEventListener(
        type,
        (event) => this[`on${type}`]?.(event),
      );
    }
    this.#stream = new Stream({
      ask: (lastId, signal) => ask(stream, options, lastId, signal),
      silentMs: silentMs(options),
      canAskAnew: options.ticket !== undefined,
      lastId: this.#id,
      onOpen: ({ url }) => {
        if (url) this.#origin = new URL(url).origin;
        this.#readyState = OPEN;
        this.dispatchEvent(new Event("open"));
      },
      onEvent: (event, lastId) => this.#heard(event, lastId),
      // What waits for a reader has not been read.
      onRead: (id) => this.#queues.size || this.#stored.store(id),
      onLost: (end, waitMs) => this.#lost(end, waitMs),
      onRefused: (end) => this.#refused(end),
    });
    followPage(this.#stream, this.#closing.signal);
    const close = () => this.close();
    signal?.addEventListener("abort", close, { signal: this.#closing.signal });
    if (signal?.aborted) close();
  }

  get readyState(): State {
    return this.#readyState;
  }

  close(): void {
    this.#readyState = CLOSED;
    this.#closing.abort();
    this.#stream.close();
    for (const queue of this.#queues) queue.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Told, void, void> {
    const queue = new EventQueue<Told>((missed, { lastEventId }) =>
      this.#status({ state: "lagged", missed }, undefined, lastEventId)
    );
    this.#queues.add(queue);
    if (this.#readyState === CLOSED) queue.end();
    try {
      for (let event; (event = await queue.take());) {
        yield event;
        this.#stored.store(event.lastEventId);
      }
    } finally {
      this.#queues.delete(queue);
    }
    if (this.#refusal) throw this.#refusal;
  }

  #heard({ type, data }: StreamEvent, lastId: string): void {
    this.#id = lastId;
    const status = type === "status" ? readStatus(data) : undefined;
    if (!status) {
      const [channel, ownType] = this.#split(type);
      const json = () => JSON.parse(data);
      this.#tell(this.#message(ownType, data, { channel, json }));
    } else if (status.state === "draining" || status.state === "overloaded") {
      this.#reason = status.state;
    } else {
      this.#isEnded ||= status.state === "ended" && !status.channel;
      this.#tell(this.#status(status, data));
    }
  }

  #lost({ isSilent, ...end }: End, waitMs: number): void {
    this.#readyState = CONNECTING;
    const reason = isSilent ? "silent" : this.#reason;
    this.#reason = undefined;
    this.#fail(end);
    if (this.#closing.signal.aborted) return;
    const isOffline = globalThis.navigator?.onLine === false;
    const state = isOffline ? "offline" : "reconnecting";
    this.#tell(this.#status({ state, reason, waitMs }));
  }

  #refused(end: End): void {
    const { status, detail = "" } = end;
    if (status !== 204) {
      this.#refusal = new Error(`Refused: ${this.url} is ${status} ${detail}`);
    } else if (!this.#isEnded) this.#tell(this.#status({ state: "ended" }));
    this.close();
    this.#fail(end);
  }

  #fail({ status, detail, error }: End): void {
    const event = new Event("error");
    this.dispatchEvent(Object.assign(event, { status, detail, error }));
  }

  #tell(event: Told): void {
    for (const queue of this.#queues) queue.add(event);
    this.dispatchEvent(event);
  }

  #status(
    status: Status,
    data: string = JSON.stringify(status),
    lastEventId?: string,
  ): StatusEvent {
    return this.#message("status", data, status, lastEventId) as StatusEvent;
  }

  #message<T extends object>(
    type: string,
    data: string,
    more: T,
    lastEventId: string = this.#id,
  ) {
    const init = { data, lastEventId, origin: this.#origin };
    return Object.assign(new MessageEvent<string>(type, init), more);
  }
}
