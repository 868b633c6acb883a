import { areNamed, channelPath } from "./channel_names.ts";
import {
  type ConnectionView,
  type Source,
  StreamConnection,
} from "../page/connection.ts";
import { plural } from "../page/plural.ts";
import { EventLog, type NewRow } from "./event_log.ts";
import type { StreamEvent } from "../../events/event_parser.ts";
import { FetchSource } from "../page/fetch_source.ts";
import { FIRST_EVENTS, newestQuery, readOlder } from "./newest_events.ts";
import { readStatus } from "../page/read_status.ts";
import { splitType } from "./split_type.ts";

/** A stream that brings nothing for this many heartbeat intervals is dead: one heartbeat may be lost or late. */
const SILENT_HEARTBEATS = 2.5;
/** How long a dropped connection stays closed, in ms: time enough to publish something. */
const DROPPED_MS = 8_000;

/** What the page shows of the stream besides its events. */
export interface StreamView extends ConnectionView {
  /** At least one. */
  channels: readonly string[];
  lastId: string;
}

/** Options for {@linkcode ChannelStream}. */
export interface ChannelStreamOptions {
  /** The interval of the server's heartbeats on an idle stream, in ms. */
  readonly heartbeatMs: number;
  /** Returns the token to send where the server asks for one, if there is one. */
  readonly token: () => string | undefined;
  /** Called when there is something new to show. */
  readonly onChange: () => void;
}

/** The view of a page that was just loaded. */
export function loadedStream(channels: readonly string[]): StreamView {
  return { connection: "loaded", note: "", channels, lastId: "" };
}

/**
 * The channels' stream and the events that it brought. It renders nothing.
 */
export class ChannelStream extends StreamConnection {
  readonly log: EventLog = new EventLog();
  protected override readonly isLiveByStatus = true;
  #view: StreamView;
  readonly #options: ChannelStreamOptions;
  /** Whether there are no older events to ask for, or they are on their way. */
  #isOldest = false;

  constructor(view: StreamView, options: ChannelStreamOptions) {
    super();
    this.#view = view;
    this.#options = options;
  }

  get view(): StreamView {
    return this.#view;
  }

  /** Starts again with other channels. The last id is dropped: it says nothing about the events of other channels. */
  choose(channels: readonly string[]): void {
    if (channels.join() === this.#view.channels.join()) return;
    this.log.clear();
    this.#isOldest = false;
    this.#change({ channels, lastId: "" });
    this.reopen();
  }

  /** Drops the connection, as a network does. It comes back by itself. */
  drop(): void {
    this.cut(DROPPED_MS);
  }

  /** Fetches older events, if there are any. */
  async showOlder(): Promise<void> {
    const { channels } = this.#view;
    const lastId = this.log.ids().at(-1);
    if (this.#isOldest || !lastId || this.log.isFull) return;
    this.#isOldest = true;
    const events = await readOlder(
      channelPath(...channels),
      this.log,
      lastId,
      this.#options.token(),
    );
    if (channels !== this.#view.channels) return;
    const added = this.log.addOlder(
      (events ?? []).map((event) => this.#rowOf(event)),
    );
    this.#isOldest = events !== undefined && added === 0;
    this.log.hasOldest = this.#isOldest;
    this.#options.onChange();
  }

  protected override connect(): Source {
    return new FetchSource({
      url: () => this.#url(),
      lastId: this.#view.lastId,
      token: this.#options.token,
      silentMs: SILENT_HEARTBEATS * this.#options.heartbeatMs,
      hears: "bytes",
      onEvent: (event) => this.#heard(event),
      onFailed: (isRefused) => this.failed(isRefused),
    });
  }

  protected override show(view: ConnectionView): void {
    const { connection } = this.#view;
    if (connection === "live" && view.connection === "reconnecting") {
      this.log.addNote(view.note || "the connection was lost");
    } else if (connection === "live" && view.connection === "paused") {
      this.log.addNote("paused");
    }
    this.#change(view);
  }

  protected override missed(count: number): string {
    return plural(count, "missed event");
  }

  protected override lost(count: number | undefined): string {
    const what = count === undefined ? "some events" : plural(count, "event");
    return `${what} lost`;
  }

  /** A page begins with the newest events. Once it has an id, of an event or of a status, it goes on after that. */
  #url(): string {
    const path = channelPath(...this.#view.channels);
    return this.#view.lastId ? path : path + newestQuery(FIRST_EVENTS);
  }

  #change(change: Partial<StreamView>): void {
    this.#view = { ...this.#view, ...change };
    this.#options.onChange();
  }

  #heard(event: StreamEvent): void {
    const { type, data, id = this.#view.lastId } = event;
    if (type === "status") {
      if (readStatus(data)?.state === "live") this.live();
      else this.log.addNote(this.report(data) || "nothing was missed");
    } else {
      this.live();
      this.log.addEvent(this.#rowOf(event));
    }
    this.#change({ lastId: id });
  }

  #rowOf({ type, data, id = "" }: StreamEvent): NewRow {
    const { channels } = this.#view;
    const [channel, ownType] = areNamed(channels)
      ? splitType(type)
      : [channels[0]!, type];
    return { id, channel, type: ownType, data };
  }
}
