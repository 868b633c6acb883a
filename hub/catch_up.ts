import { concat } from "@std/bytes/concat";
import { compareEventIds, type EventId, ORIGIN } from "../events/event_id.ts";
import type { Status } from "../events/frame.ts";
import { UnreadableError } from "../journal/history.ts";
import type { Audience, Chunk, Cursor } from "./audience.ts";
import { Backlog } from "./backlog.ts";
import type { DeliverFrom } from "./deliver_from.ts";
import { type Wait, type Write, writeStatus } from "./step.ts";
import type { Timeline } from "./timeline.ts";

/**
 * How often the history may have let go of what comes next for a subscriber that fell out of a ring. One that reads more
 * slowly than others publish would otherwise never catch up, and never be told.
 */
const MAX_SKIPS = 16;

/** How catching up ends. */
export type Outcome =
  /** The rings hold everything after the cursor. */
  | { readonly cursor: Cursor; readonly lastWrite?: Write | undefined }
  /** What was missed is `gone`, or cannot be read. `end` is where to go on with what comes. */
  | { readonly reset: "gone" | "unreadable"; readonly end: Cursor };

/** What a subscriber writes and waits for while it catches up. */
export type Steps = AsyncGenerator<Write | Wait, Outcome>;

/** A stream that replays what was missed and then says so. */
export type Resume = Exclude<
  DeliverFrom,
  { kind: "new" | "latest" | "unknown" }
>;

/** The ways by which one subscriber comes from what is kept to what the rings hold. */
export class CatchUp {
  readonly #timeline: Timeline;
  readonly #audience: Audience;
  readonly #backlog: Backlog;

  constructor(timeline: Timeline, audience: Audience) {
    this.#timeline = timeline;
    this.#audience = audience;
    this.#backlog = new Backlog(timeline, audience);
  }

  /**
   * Brings the newest events of each channel.
   *
   * @param count How many of each.
   * @param cursor Where the stream goes on after them.
   */
  latest(count: number, cursor: Cursor): Steps {
    return this.#orReset(this.#latest(count, cursor), () => cursor);
  }

  /** Replays what was missed and says that the stream resumed. */
  resume(from: Resume): Steps {
    return this.#orReset(this.#resume(from), () => this.#end());
  }

  /** Replays everything that is kept, after a reset. */
  kept(): Steps {
    return this.#orReset(this.#kept(), () => this.#end());
  }

  /** Fills the gap of a subscriber that fell out of a ring, or says how much of it is gone. */
  refill(lost: Cursor): Steps {
    return this.#orReset(this.#refill(lost), () => this.#audience.oldest());
  }

  /** Resets a reader whose last id is none. */
  async *unknown(): Steps {
    yield* this.#backlog.begun();
    return this.#gone();
  }

  async *#latest(count: number, cursor: Cursor): Steps {
    const beginning = yield* this.#backlog.begun();
    const upTo = idOf(cursor, beginning);
    const lastWrite = yield* this.#backlog.latest(count, upTo);
    return { cursor, lastWrite };
  }

  async *#resume(from: Resume): Steps {
    yield* this.#backlog.begun();
    let after = yield* this.#find(from);
    const isKnown = yield* this.#backlog.knowsAhead(after);
    if (isKnown === false) return this.#gone();
    if (isKnown) {
      // Nothing was missed. The stream goes on once this instance has come as far.
      yield writeStatus({ state: "resumed", replayed: 0 });
      return yield* this.#replay(after);
    }
    let fromRings = 0;
    let cursor: Cursor | undefined;
    while ((cursor = yield* this.#backlog.after(after))) {
      while (!this.#audience.hasLost(cursor)) {
        const chunk = this.#audience.take(cursor);
        fromRings += chunk?.count ?? 0;
        if (chunk && this.#audience.take(chunk.next)) {
          yield chunk;
          cursor = chunk.next;
          continue;
        }
        const replayed = this.#backlog.count + fromRings;
        return {
          cursor: chunk?.next ?? cursor,
          lastWrite: withStatus(chunk, { state: "resumed", replayed }),
        };
      }
      after = cursor.id;
    }
    return this.#gone();
  }

  async *#kept(): Steps {
    yield* this.#backlog.begun();
    return yield* this.#replay(yield* this.#backlog.floor());
  }

  async *#replay(after: EventId): Steps {
    const cursor = yield* this.#backlog.after(after);
    return cursor ? { cursor } : this.#gone();
  }

  async *#refill(lost: Cursor): Steps {
    let after = idOf(lost, yield* this.#backlog.begun());
    let told = 0;
    /** Says how much is gone before a cursor, but for so many events that are still to come. */
    const lagged = ({ total }: Cursor, toCome: number): Write | undefined => {
      const missed = total - lost.total - this.#backlog.count - toCome - told;
      if (missed <= 0) return undefined;
      told += missed;
      return writeStatus({ state: "lagged", missed });
    };
    for (let skips = 0;; skips++) {
      const cursor = yield* this.#backlog.after(after);
      if (cursor) return { cursor };
      const floor = yield* this.#backlog.floor();
      const oldest = this.#audience.oldest();
      const isKept = compareEventIds(floor, this.#backlog.lastRead) > 0 &&
        compareEventIds(floor, oldest.id) < 0;
      if (!isKept || skips === MAX_SKIPS) {
        return { cursor: oldest, lastWrite: lagged(oldest, 0) };
      }
      after = floor;
      // What comes after the gap is counted first: a reader that is cut between the gap and a later status would come
      // back with an id from after the gap, and never be told of it.
      const kept = yield* this.#backlog.countAfter(floor);
      const write = kept && lagged(kept.cursor, kept.count);
      if (write) yield write;
    }
  }

  async *#find(from: Resume): AsyncGenerator<Wait, EventId> {
    if (from.kind === "after") return from.id;
    if (from.kind === "earliest") return yield* this.#backlog.floor();
    // No history knows an id that it has not given out, so a moment after the timeline's end is that end.
    const moment: EventId = `${from.ms}-0`;
    const end = this.#timeline.position.id;
    return compareEventIds(moment, end) > 0 ? end : moment;
  }

  async *#orReset(steps: Steps, end: () => Cursor): Steps {
    try {
      return yield* steps;
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      return { reset: "unreadable", end: end() };
    }
  }

  #gone(): Outcome {
    return { reset: "gone", end: this.#end() };
  }

  #end(): Cursor {
    return this.#audience.end(this.#timeline.position);
  }
}

/** A cursor of a stream that was opened before the timeline began has no id of its own. */
function idOf({ id }: Cursor, beginning: EventId): EventId {
  return id === ORIGIN ? beginning : id;
}

function withStatus(chunk: Chunk | undefined, status: Status): Write {
  const write = writeStatus(status);
  if (!chunk) return write;
  const { count, bytes } = chunk;
  return { status, count, bytes: concat([bytes, write.bytes]) };
}
