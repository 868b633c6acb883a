import { concat } from "@std/bytes/concat";
import { compareEventIds, type EventId, ORIGIN } from "../events/event_id.ts";
import { withChannel } from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";
import { type Reading, UnavailableError } from "../journal/history.ts";
import type { Audience, Cursor } from "./audience.ts";
import type { Position } from "./ring.ts";
import type { Wait, Write } from "./step.ts";
import type { Timeline } from "./timeline.ts";

/** How many events the first reading brings at most: few, as many readers may come back at once for few events each. */
const FIRST_READ_EVENTS = 32;
/** How many events any later reading brings at most. */
const MAX_READ_EVENTS = 256;
/** How much is read and written at once, in UTF-16 units of data, unless a single event is larger. */
const MAX_WRITE_LENGTH = 64 * 1024;

/** What follows an id: a place in the rings, or events up to and with `last`. */
type Part = Cursor | { events: readonly ChannelEvent[]; last: EventId };

/**
 * What the history holds for one audience, read a part at a time. Each generator waits while the history is out of
 * reach, and throws an `UnreadableError` where it cannot be read for good.
 */
export class Backlog {
  readonly #timeline: Timeline;
  readonly #audience: Audience;
  /** The id up to which {@linkcode Backlog.after} has read. */
  #lastRead = ORIGIN;
  #count = 0;
  #maxEvents = FIRST_READ_EVENTS;
  #hasRead = false;

  constructor(timeline: Timeline, audience: Audience) {
    this.#timeline = timeline;
    this.#audience = audience;
  }

  /** The id up to which {@linkcode Backlog.after} has read. */
  get lastRead(): EventId {
    return this.#lastRead;
  }

  /** How many events {@linkcode Backlog.after} has read. */
  get count(): number {
    return this.#count;
  }

  /** Waits until it is known where the timeline begins. */
  async *begun(): AsyncGenerator<Wait, EventId> {
    while (!this.#timeline.beginning) {
      yield { waitFrom: this.#timeline.position };
    }
    return this.#timeline.beginning;
  }

  /** The id after which everything is kept. */
  floor(): AsyncGenerator<Wait, EventId> {
    return this.#ask(() => this.#timeline.history.floor());
  }

  /**
   * Whether the history knows an id that is newer than what has come here, as another instance may have come further;
   * nothing where it is not newer.
   */
  knowsAhead(id: EventId): AsyncGenerator<Wait, boolean | undefined> {
    return this.#ask(async (position) =>
      isAfter(id, position)
        ? (await this.#read(id, position)) !== undefined
        : undefined
    );
  }

  /**
   * Reads events after an id until the rings hold everything that follows.
   *
   * @returns Where to go on in the rings; nothing where events after `lastRead` are gone.
   */
  async *after(id: EventId): AsyncGenerator<Write | Wait, Cursor | undefined> {
    this.#lastRead = id;
    while (true) {
      const part = yield* this.#part(this.#lastRead);
      if (!part || "ordinal" in part) return part;
      const { events, last } = part;
      this.#lastRead = last;
      if (events.length === 0) continue;
      this.#maxEvents = Math.min(2 * events.length, MAX_READ_EVENTS);
      this.#count += events.length;
      yield await this.#encode(events);
    }
  }

  /**
   * Counts events after an id until the rings hold everything that follows, and writes none.
   *
   * @returns How many, and where the rings take over; nothing where some of them are gone.
   */
  async *countAfter(
    id: EventId,
  ): AsyncGenerator<Wait, { count: number; cursor: Cursor } | undefined> {
    let after = id;
    let count = 0;
    while (true) {
      const part = yield* this.#part(after);
      if (!part) return undefined;
      if ("ordinal" in part) return { count, cursor: part };
      after = part.last;
      count += part.events.length;
    }
  }

  /**
   * Reads the newest events of each channel.
   *
   * @param count How many of each.
   * @param upTo The id of the newest that counts.
   * @returns The last write.
   */
  async *latest(
    count: number,
    upTo: EventId,
  ): AsyncGenerator<Write | Wait, Write | undefined> {
    const { channels } = this.#audience;
    let after = ORIGIN;
    while (true) {
      const { events, isComplete } = yield* this.#ask(async () => {
        await this.#takeTurn();
        return await this.#timeline.history.latest(
          { channels, upTo, count, after },
          { maxEvents: MAX_READ_EVENTS, maxLength: MAX_WRITE_LENGTH },
        );
      });
      const write = events.length > 0 ? await this.#encode(events) : undefined;
      if (isComplete || !write) return write;
      yield write;
      after = events.at(-1)!.id;
    }
  }

  /** What follows an id: its place in the rings, else the next events; nothing where some of those are gone. */
  async *#part(after: EventId): AsyncGenerator<Wait, Part | undefined> {
    while (isAfter(after, this.#timeline.position)) {
      yield { waitFrom: this.#timeline.position };
    }
    return yield* this.#ask(async () => {
      const cursor = this.#audience.seek(after);
      if (cursor) return cursor;
      await this.#takeTurn();
      const { position } = this.#timeline;
      const reading = await this.#read(after, position);
      if (!reading) return undefined;
      const { events, isComplete } = reading;
      return { events, last: isComplete ? position.id : events.at(-1)!.id };
    });
  }

  /** Lets others go first before every reading but the first: most readers need no second one. */
  async #takeTurn(): Promise<void> {
    if (this.#hasRead) await this.#timeline.turns.take();
    this.#hasRead = true;
  }

  #read(after: EventId, { id: upTo }: Position): Promise<Reading | undefined> {
    return this.#timeline.history.read(
      { channels: this.#audience.channels, after, upTo },
      { maxEvents: this.#maxEvents, maxLength: MAX_WRITE_LENGTH },
    );
  }

  /** Asks again, as soon as the timeline moves, while the history is out of reach. */
  async *#ask<T>(
    question: (position: Position) => Promise<T>,
  ): AsyncGenerator<Wait, T> {
    while (true) {
      const { position } = this.#timeline;
      try {
        return await question(position);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        yield { waitFrom: position };
      }
    }
  }

  async #encode(events: readonly ChannelEvent[]): Promise<Write> {
    const frames = await Promise.all(events.map(async (event) => {
      const frame = await this.#timeline.encode(event);
      return this.#audience.isNamed ? withChannel(frame, event.channel) : frame;
    }));
    return { bytes: concat(frames), count: frames.length };
  }
}

function isAfter(id: EventId, position: Position): boolean {
  return compareEventIds(id, position.id) > 0;
}
