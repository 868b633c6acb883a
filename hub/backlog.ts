import { compareEventIds, type EventId, ORIGIN } from "../events/event_id.ts";
import {
  type ReadFrom,
  UnavailableError,
  type Unknown,
} from "../journal/history.ts";
import type { Audience } from "./audience.ts";
import type { Cursor } from "./cursor.ts";
import {
  type Counted,
  MAX_READ_EVENTS,
  type Missing,
  type Newest,
  type Page,
  type PageQuery,
} from "./page_reader.ts";
import type { Position } from "./ring.ts";
import type { Wait, Write } from "./step.ts";
import type { Timeline } from "./timeline.ts";

/** How many events the first reading brings at most: few, as many readers may come back at once for few events each. */
const FIRST_READ_EVENTS = 32;

/**
 * What the history holds for one audience, read a part at a time. Each generator waits while the history is out of
 * reach, and throws an `UnreadableError` where it cannot be read for good.
 */
export class Backlog {
  readonly #timeline: Timeline;
  readonly #audience: Audience;
  /** The id up to which {@linkcode Backlog.read} has read. */
  #lastRead: EventId = ORIGIN;
  #count = 0;
  #maxEvents = FIRST_READ_EVENTS;
  #hasRead = false;

  constructor(timeline: Timeline, audience: Audience) {
    this.#timeline = timeline;
    this.#audience = audience;
  }

  /** The id up to which {@linkcode Backlog.read} has read. */
  get lastRead(): EventId {
    return this.#lastRead;
  }

  /** How many events {@linkcode Backlog.read} has read. */
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

  /**
   * Whether the history knows an id that is newer than what has come here, as another instance may have come further;
   * nothing where it is not newer.
   */
  knowsAhead(id: EventId): AsyncGenerator<Wait, boolean | undefined> {
    return this.#ask(async (position) => {
      if (!isAfter(id, position)) return undefined;
      const query = this.#query({ kind: "after", id }, position);
      return "end" in await this.#timeline.reader.count(query);
    });
  }

  /**
   * Reads on until the rings hold everything that follows.
   *
   * @returns Where to go on in the rings, or why events after `lastRead` are missing.
   */
  async *read(from: ReadFrom): AsyncGenerator<Write | Wait, Cursor | Missing> {
    let next = from;
    while (true) {
      if (next.kind === "after") this.#lastRead = next.id;
      const part = yield* this.#part(next, (query) => this.#page(query));
      if (!("end" in part)) return part;
      this.#maxEvents = Math.min(2 * this.#maxEvents, MAX_READ_EVENTS);
      this.#count += part.count;
      if (part.count > 0) yield part;
      next = after(part);
    }
  }

  /**
   * Counts events until the rings hold everything that follows, and writes none.
   *
   * @returns How many, and where the rings take over; nothing where some of them are missing.
   */
  async *countFrom(
    from: ReadFrom,
  ): AsyncGenerator<Wait, { count: number; cursor: Cursor } | undefined> {
    let next = from;
    let count = 0;
    while (true) {
      const part = yield* this.#part(next, (query) => this.#counted(query));
      if ("kind" in part) return undefined;
      if ("ordinal" in part) return { count, cursor: part };
      count += part.count;
      next = after(part);
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
    const audience = this.#audience;
    let after: EventId = ORIGIN;
    while (true) {
      const newest: Newest = yield* this.#ask(async () => {
        await this.#takeTurn();
        const query = { audience, count, upTo, after };
        return await this.#timeline.reader.latest(query);
      });
      const { write, isComplete } = newest;
      if (!write.last || isComplete) return write.last ? write : undefined;
      yield write;
      after = write.last;
    }
  }

  /** What follows: a place in the rings, else the next events that a reading brings, or why there are none. */
  async *#part<T>(
    from: ReadFrom,
    read: (query: PageQuery) => Promise<T>,
  ): AsyncGenerator<Wait, Cursor | T | Unknown> {
    while (from.kind === "after" && isAfter(from.id, this.#timeline.position)) {
      if (this.#timeline.spans.hasLeft(from.id)) return { kind: "unknown" };
      yield { waitFrom: this.#timeline.position };
    }
    return yield* this.#ask<Cursor | T>(async (position) => {
      const cursor = from.kind === "after" && this.#seek(from.id);
      return cursor || await read(this.#query(from, position));
    });
  }

  /** The place of an id in the rings; nothing where they do not hold everything after it. */
  #seek(id: EventId): Cursor | undefined {
    return this.#timeline.spans.has(id) ? this.#audience.seek(id) : undefined;
  }

  #query(from: ReadFrom, upTo: Position): PageQuery {
    return { audience: this.#audience, from, upTo, maxEvents: this.#maxEvents };
  }

  async #page(query: PageQuery): Promise<Page | Missing> {
    const { pages } = this.#timeline;
    const shared = pages.find(query);
    if (shared) return await shared;
    await this.#takeTurn();
    return await (pages.find(query) ?? pages.read(query));
  }

  async #counted(query: PageQuery): Promise<Counted | Missing> {
    await this.#takeTurn();
    return await this.#timeline.reader.count(query);
  }

  /** Lets others go first before every reading but the first: most readers need no second one. */
  async #takeTurn(): Promise<void> {
    if (this.#hasRead) await this.#timeline.turns.take();
    this.#hasRead = true;
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
}

function isAfter(id: EventId, position: Position): boolean {
  return compareEventIds(id, position.id) > 0;
}

function after({ end, unproved }: Counted): ReadFrom {
  return { kind: "after", id: end, unproved };
}
