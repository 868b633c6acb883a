import { compareEventIds, type Place } from "../events/event_id.ts";
import { type ReadFrom, UnreadableError } from "../journal/history.ts";
import type { Audience } from "./audience.ts";
import { Backlog } from "./backlog.ts";
import { type Cursor, orBeginning } from "./cursor.ts";
import type { DeliverFrom } from "./deliver_from.ts";
import { Gap } from "./gap.ts";
import type { Missing } from "./page_reader.ts";
import { withStatus, writeStatus } from "./step.ts";
import type { Outcome, Steps } from "./steps.ts";
import type { Timeline } from "./timeline.ts";

/**
 * How often the history may have let go of what comes next for a subscriber that fell out of a ring. One that reads more
 * slowly than others publish would otherwise never catch up, and never be told.
 */
const MAX_GAPS = 16;

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
    return this.#missing();
  }

  async *#latest(count: number, cursor: Cursor): Steps {
    const beginning = yield* this.#backlog.begun();
    const upTo = orBeginning(cursor.id, beginning);
    const lastWrite = yield* this.#backlog.latest(count, upTo);
    return { cursor, lastWrite };
  }

  async *#resume(from: Resume): Steps {
    yield* this.#backlog.begun();
    let next = toReadFrom(from);
    if (next.kind === "after") {
      const isKnown = yield* this.#backlog.knowsAhead(next.id);
      if (isKnown === false) return this.#missing();
      if (isKnown) {
        // Nothing was missed. The stream goes on once this instance has come as far.
        yield writeStatus({ state: "resumed", replayed: 0 }, next.id);
        return yield* this.#replay(next);
      }
    }
    let fromRings = 0;
    while (true) {
      const found = yield* this.#backlog.read(next);
      if ("kind" in found) return this.#missing();
      let cursor = found;
      while (!this.#audience.hasLost(cursor)) {
        const chunk = this.#audience.take(cursor);
        fromRings += chunk?.count ?? 0;
        if (chunk && this.#audience.take(chunk.next)) {
          yield chunk;
          cursor = chunk.next;
          continue;
        }
        const replayed = this.#backlog.count + fromRings;
        // Nothing more has come for these channels: the place is where the timeline stands.
        const end = this.#end();
        const lastWrite = withStatus(
          chunk,
          { state: "resumed", replayed },
          end.id,
        );
        return { cursor: end, lastWrite };
      }
      next = { kind: "after", id: cursor.id };
    }
  }

  async *#kept(): Steps {
    yield* this.#backlog.begun();
    return yield* this.#replay({ kind: "earliest" });
  }

  async *#replay(from: ReadFrom): Steps {
    const found = yield* this.#backlog.read(from);
    return "kind" in found ? this.#missing() : { cursor: found };
  }

  async *#refill(lost: Cursor): Steps {
    const beginning = yield* this.#backlog.begun();
    const gap = new Gap(this.#audience, lost);
    const id = orBeginning(this.#audience.placeOf(lost), beginning);
    let from: ReadFrom = { kind: "after", id };
    for (let tries = 1;; tries++) {
      const found: Cursor | Missing = yield* this.#backlog.read(from);
      const oldest = this.#audience.oldest();
      if (!("kind" in found)) {
        const lastWrite = gap.sayRest(found, this.#backlog.count);
        return { cursor: found, lastWrite };
      }
      if (found.kind === "unknown") return { reset: "missing", end: oldest };
      const { lastRead, count } = this.#backlog;
      const floor: Place = found.floor;
      const isKept = compareEventIds(floor, lastRead) > 0 &&
        compareEventIds(floor, oldest.id) < 0;
      if (!isKept || tries > MAX_GAPS) {
        return { cursor: oldest, lastWrite: gap.say(oldest, count) };
      }
      from = { kind: "after", id: lastRead, unproved: floor };
      // What comes after the gap is counted first: a reader that is cut between the gap and a later status would come
      // back with an id from after the gap, and never be told of it.
      const kept = gap.isCounted
        ? yield* this.#backlog.countFrom(from)
        : { cursor: oldest, count: 0 };
      const write = kept && gap.say(kept.cursor, count + kept.count);
      if (write) yield write;
    }
  }

  async *#orReset(steps: Steps, end: () => Cursor): Steps {
    try {
      return yield* steps;
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      return { reset: "unreadable", end: end() };
    }
  }

  #missing(): Outcome {
    return { reset: "missing", end: this.#end() };
  }

  #end(): Cursor {
    return this.#audience.end(this.#timeline.position);
  }
}

/** Where the history is read from first. */
export function toReadFrom(from: Resume): ReadFrom {
  switch (from.kind) {
    case "after":
      return { kind: "after", id: from.id };
    case "since":
      return { kind: "since", ms: from.ms };
    case "earliest":
      return { kind: "earliest" };
  }
}
