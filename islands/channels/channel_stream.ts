import { channelPath } from "./channel_names.ts";
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
import { splitType } from "./split_type.ts";
import { Stopwatch } from "../page/stopwatch.ts";

/** A stream without events is called live after this time, in ms. A stream that only refuses the client ends earlier. */
const LIVE_AFTER_MS = 200;
/** A stream that brings nothing for this many heartbeat intervals is dead: one heartbeat may be lost or late. */
const SILENT_HEARTBEATS = 2.5;
/**
 * The longest time to ask for, in ms: about a year. A page can measure more if its wall clock was set from 1970 to today.
 */
const MAX_BACK_MS = 366 * 86_400_000;
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
  /** Time since these channels were first asked for. */
  #asked = new Stopwatch();
  /** Whether these channels were live once. From then on a new connection only has to bring what was missed. */
  #isBegun = false;
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
    this.#isBegun = this.#isOldest = false;
    this.#change({ channels, lastId: "" });
    this.reopen();
  }

  /** Drops the connection, as a network does. It comes back by itself. */
  drop(): void {
    this.cut(DROPPED_MS);
  }

  /** Fetches older events, if there are any. */
  async showOlder(): Promise<void> {
    const { channels, lastId } = this.#view;
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
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const source = new FetchSource({
      url: () => this.#url(),
      lastId: this.#view.lastId,
      token: this.#options.token,
      silentMs: SILENT_HEARTBEATS * this.#options.heartbeatMs,
      hears: "bytes",
      onOpen: () => {
        quiet = setTimeout(() => {
          this.#isBegun = true;
          this.live();
        }, LIVE_AFTER_MS);
      },
      onEvent: (event) => this.#heard(event),
      onFailed: (isRefused) => {
        clearTimeout(quiet);
        this.failed(isRefused);
      },
    });
    return {
      get isSilent() {
        return source.isSilent;
      },
      get quietMs() {
        return source.quietMs;
      },
      close() {
        clearTimeout(quiet);
        source.close();
      },
    };
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

  /**
   * A page begins with the newest events. A page that saw no event has no id to resume after, and asks for everything
   * since it first asked.
   */
  #url(): string {
    const path = channelPath(...this.#view.channels);
    if (this.#view.lastId) return path;
    if (this.#isBegun) {
      const backMs = Math.min(this.#asked.read(), MAX_BACK_MS);
      return `${path}?since=${Math.ceil(backMs / 1_000)}s`;
    }
    this.#asked.restart();
    return path + newestQuery(FIRST_EVENTS);
  }

  #change(change: Partial<StreamView>): void {
    this.#view = { ...this.#view, ...change };
    this.#options.onChange();
  }

  #heard(event: StreamEvent): void {
    const { type, data, id } = event;
    // Events with an id are not Chime's: the journal may keep some of type status from before the type was reserved.
    if (type === "status" && id === undefined) {
      this.log.addNote(this.report(data) || "nothing was missed");
      return;
    }
    this.live();
    this.log.addEvent(this.#rowOf(event));
    this.#change({ lastId: id ?? this.#view.lastId });
  }

  #rowOf({ type, data, id = "" }: StreamEvent): NewRow {
    const { channels } = this.#view;
    const [channel, ownType] = channels.length > 1
      ? splitType(type)
      : [channels[0]!, type];
    return { id, channel, type: ownType, data };
  }
}
