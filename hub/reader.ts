import { concat } from "../events/concat.ts";
import { compareEventIds, type EventId, ORIGIN } from "../events/event_id.ts";
import type { Chunk, Cursor, Feed } from "./audience.ts";
import {
  encodeStatus,
  type Frame,
  type Status,
  withChannel,
} from "../events/frame.ts";
import {
  type History,
  UnavailableError,
  UnreadableError,
} from "../journal/history.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { Position } from "./ring.ts";
import type { Start } from "./deliver_from.ts";

/** What a client's progress needs of its hub. */
export interface Timeline {
  readonly position: Position;
  readonly history: History;
  /** The id behind which its first event comes, once known. */
  readonly beginning: EventId | undefined;
  /** Counts the timelines: it goes up where one ends and another begins. */
  readonly epoch: number;
  encode(event: ChannelEvent): Promise<Frame>;
}

/** Frames to write. */
export interface Write extends Pick<Chunk, "bytes" | "count"> {
  /** What the last of them says of the stream, if it does: it does not count as an event. */
  readonly status?: Status;
}

/**
 * What a client does next: writes frames, parks until its feed goes on, or waits until the timeline has moved from where
 * it stood.
 */
export type Step = Write | "park" | { waitFrom: Position };

/** How many events one reading of the history brings at most: few at first, as many clients may come for few, then more. */
const FIRST_READ_EVENTS = 32;
const MAX_READ_EVENTS = 512;
/** How much of them is read, and written, at once, in UTF-16 units of data, unless a single event is larger. */
const MAX_WRITE_LENGTH = 64 * 1024;

/**
 * How often a client that fell out of a ring may find that the history, too, has let go of what comes next for it. One
 * that reads more slowly than others publish would otherwise never catch up, and never be told.
 */
const MAX_SKIPS = 16;

/** How far a client has come in its feed, and what comes next for it: from the rings, or from the history. */
export class Progress {
  readonly #timeline: Timeline;
  readonly #feed: Feed;
  /** How many of each channel's newest events a fresh stream begins with. */
  readonly #latest: number;
  /** Where the client stands among what is held, once known. */
  #cursor: Cursor | undefined;
  /** Where a fresh stream goes on once the newest events up to there are found. */
  #beginning: Cursor | undefined;
  /** The last of the newest events that was written. */
  #shown = ORIGIN;
  /** Where it stood when it fell out of a ring, until what it missed is found. */
  #lost: Cursor | undefined;
  /** The id that it stands at while no cursor is known. Without either, the stream is fresh. */
  #after: EventId | "floor" | undefined;
  /** Whether a status is still owed for having resumed. */
  #resuming: boolean;
  /** Whether `#after` is a moment and no id that was given out. */
  #isMoment: boolean;
  #epoch: number;
  #replayed = 0;
  /** How often what came next was gone from the history, since the client fell out of a ring. */
  #skips = 0;
  #maxEvents = FIRST_READ_EVENTS;

  constructor(timeline: Timeline, feed: Feed, start: Start) {
    this.#timeline = timeline;
    this.#feed = feed;
    this.#latest = start.latest ?? 0;
    this.#after = start.resume;
    this.#resuming = start.resumes;
    this.#isMoment = start.isMoment ?? false;
    this.#epoch = timeline.epoch;
    if (!start.resumes) this.#goOnAt(feed.end(timeline.position));
  }

  /**
   * What comes next. A promise may resolve to nothing: then the question is to be asked again, as only an answer given at
   * once is still true when it is heard.
   */
  next(): Step | Promise<Step | undefined> {
    if (this.#epoch !== this.#timeline.epoch) {
      return this.#reset(this.#feed.oldest());
    }
    const cursor = this.#cursor;
    if (!cursor) return this.#find();
    if (this.#feed.isBehind(cursor)) return this.#fallOut(cursor);
    const chunk = this.#feed.take(cursor);
    if (chunk) this.#cursor = chunk.next;
    return this.#resuming ? this.#resume(chunk) : chunk ?? "park";
  }

  /** Whether something is owed to the client beyond what it has taken. */
  get hasMore(): boolean {
    return this.#resuming || !this.#cursor ||
      this.#cursor.total < this.#feed.total;
  }

  #fallOut(cursor: Cursor): Promise<Step | undefined> {
    if (!this.#resuming) this.#replayed = 0;
    this.#lost = cursor;
    this.#skips = 0;
    this.#after = this.#idOf(cursor);
    this.#cursor = undefined;
    return this.#find();
  }

  /** Replays from the rings, and says so once there is nothing more to replay. */
  #resume(chunk: Chunk | undefined): Write {
    this.#replayed += chunk?.count ?? 0;
    if (chunk && this.#feed.take(chunk.next)) return chunk;
    this.#resuming = false;
    const end = write({ state: "resumed", replayed: this.#replayed });
    return chunk
      ? { ...end, ...chunk, bytes: concat([chunk.bytes, end.bytes]) }
      : end;
  }

  /** Finds the client's cursor, with the history's help; waits where that is out of reach. */
  async #find(): Promise<Step | undefined> {
    const { position, history, beginning } = this.#timeline;
    if (!beginning) return { waitFrom: position };
    try {
      if (this.#after === "floor") this.#after = await history.floor();
      if (this.#after) {
        const after = this.#isMoment
          ? earlier(this.#after, position.id)
          : this.#after;
        return await this.#replay(after, position);
      }
      return this.#resuming ? this.#reset() : await this.#begin();
    } catch (error) {
      if (error instanceof UnavailableError) return { waitFrom: position };
      if (error instanceof UnreadableError) return this.#resetUnread();
      throw error;
    }
  }

  /** Goes on behind the id: in the rings where they reach back that far, else with events from the history. */
  async #replay(
    after: EventId,
    position: Position,
  ): Promise<Step | undefined> {
    const isAhead = compareEventIds(after, position.id) > 0;
    this.#cursor = isAhead ? undefined : this.#feed.seek(after);
    if (this.#cursor) return this.#arrive(this.#cursor);
    // It has been told that its id is known.
    if (isAhead && !this.#resuming) return { waitFrom: position };
    const { channels } = this.#feed;
    const reading = await this.#timeline.history.read(
      channels,
      after,
      position.id,
      { maxEvents: this.#maxEvents, maxLength: MAX_WRITE_LENGTH },
    );
    if (this.#epoch !== this.#timeline.epoch) return;
    if (!reading) return await this.#skip(after);
    if (isAhead) return this.#resume(undefined);
    const { events, isComplete } = reading;
    this.#after = isComplete ? position.id : events.at(-1)!.id;
    if (events.length === 0) return;
    this.#maxEvents = Math.min(2 * events.length, MAX_READ_EVENTS);
    return await this.#encode(events);
  }

  /** Begins a fresh stream with the newest events, and goes on with what came since. */
  async #begin(): Promise<Step | undefined> {
    const cursor = this.#beginning!;
    const { events, isComplete } = await this.#timeline.history.latest({
      channels: this.#feed.channels,
      upTo: this.#idOf(cursor),
      count: this.#latest,
      after: this.#shown,
    }, { maxEvents: MAX_READ_EVENTS, maxLength: MAX_WRITE_LENGTH });
    if (isComplete) {
      this.#beginning = undefined;
      this.#cursor = cursor;
    } else this.#shown = events.at(-1)!.id;
    return events.length > 0 ? await this.#encode(events) : undefined;
  }

  async #encode(events: readonly ChannelEvent[]): Promise<Write> {
    const frames = await Promise.all(events.map(async (event) => {
      const frame = await this.#timeline.encode(event);
      return this.#feed.named ? withChannel(frame, event.channel) : frame;
    }));
    this.#replayed += frames.length;
    return {
      bytes: concat(frames),
      count: frames.length,
    };
  }

  /** What comes next for the client is gone: goes on with the oldest that is still held, here or in the history. */
  async #skip(after: EventId): Promise<Step | undefined> {
    if (this.#resuming || !this.#lost) return this.#reset();
    const floor = await this.#timeline.history.floor();
    if (this.#epoch !== this.#timeline.epoch) return;
    const oldest = this.#feed.oldest();
    const isHeld = compareEventIds(floor, after) > 0 &&
      compareEventIds(floor, oldest.id) < 0;
    if (++this.#skips <= MAX_SKIPS && isHeld) {
      this.#after = floor;
      return;
    }
    this.#cursor = oldest;
    return this.#arrive(oldest);
  }

  /** Goes on in the rings. Only here can be counted what was gone, so that is told now. */
  #arrive(cursor: Cursor): Write | undefined {
    const lost = this.#lost;
    this.#lost = undefined;
    if (!lost || this.#skips === 0) return undefined;
    const missed = cursor.total - lost.total - this.#replayed;
    return missed > 0 ? write({ state: "lagged", missed }) : undefined;
  }

  /** What the client asked for cannot be read: says so, and goes on with what comes, as a second reading would fail, too. */
  #resetUnread(): Write {
    const end = this.#lost
      ? this.#feed.oldest()
      : this.#feed.end(this.#timeline.position);
    const cursor = this.#beginning ?? end;
    const reset = this.#reset();
    this.#after = undefined;
    this.#beginning = undefined;
    this.#cursor = cursor;
    return reset;
  }

  /**
   * What the client missed cannot even be known: says so, and goes on as a fresh stream does.
   *
   * @param cursor Where to go on without a newest event.
   */
  #reset(cursor: Cursor = this.#feed.end(this.#timeline.position)): Write {
    this.#epoch = this.#timeline.epoch;
    this.#resuming = false;
    this.#lost = undefined;
    this.#after = this.#isMoment ? "floor" : undefined;
    this.#isMoment = false;
    this.#cursor = undefined;
    if (!this.#after) this.#goOnAt(cursor);
    return write({ state: "reset" });
  }

  /** Goes on as a fresh stream does. */
  #goOnAt(cursor: Cursor): void {
    this.#shown = ORIGIN;
    this.#cursor = this.#latest ? undefined : cursor;
    this.#beginning = this.#latest ? cursor : undefined;
  }

  /** A cursor that was taken before the timeline began has no id of its own. */
  #idOf({ id }: Cursor): EventId {
    return id === ORIGIN ? this.#timeline.beginning! : id;
  }
}

function write(status: Status): Write {
  const bytes = encodeStatus(status);
  return { bytes, count: 0, status };
}

/** A moment since which nothing came is the timeline's end: no journal knows an id that it has not given out. */
function earlier(moment: EventId, end: EventId): EventId {
  return compareEventIds(moment, end) > 0 ? end : moment;
}
