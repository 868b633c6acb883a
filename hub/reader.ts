import type { Audience } from "./audience.ts";
import { CatchUp, type Outcome, type Steps } from "./catch_up.ts";
import type { Cursor } from "./cursor.ts";
import {
  type AfterReset,
  afterReset,
  type DeliverFrom,
  NEW,
} from "./deliver_from.ts";
import { type Wait, type Write, writeStatus } from "./step.ts";
import type { Timeline } from "./timeline.ts";

/** What a subscriber does next: writes bytes, parks until its audience has more, or waits. */
export type Step = Write | Wait | "park";

/** A reader is live, where all that comes next for it is in the rings after a cursor, or it is catching up. */
type State = Cursor | { readonly steps: Steps };

/** How far one subscriber has come among its audience's events, and what comes next for it. */
export class Reader {
  readonly #timeline: Timeline;
  readonly #audience: Audience;
  #state: State;
  #afterReset: AfterReset;
  /** How often the timeline had ended when the state was found. */
  #resets: number;

  constructor(timeline: Timeline, audience: Audience, from: DeliverFrom) {
    this.#timeline = timeline;
    this.#audience = audience;
    this.#resets = timeline.resets;
    this.#afterReset = afterReset(from);
    this.#state = this.#begin(from, audience.end(timeline.position));
  }

  /**
   * What comes next. A promise may resolve to nothing: ask again then. Only "park" as an immediate answer is still true
   * when it is acted upon: after waiting for a promise, the subscriber could park just after its audience was woken.
   */
  next(): Step | Promise<Write | Wait | undefined> {
    if (this.#resets !== this.#timeline.resets) {
      return this.#reset(this.#audience.oldest());
    }
    const state = this.#state;
    if ("steps" in state) return this.#advance(state.steps);
    if (this.#audience.hasLost(state)) {
      const steps = this.#catchUp().refill(state);
      this.#state = { steps };
      return this.#advance(steps);
    }
    const chunk = this.#audience.take(state);
    if (!chunk) return "park";
    this.#state = chunk.next;
    return chunk;
  }

  /** Whether there is more than what the subscriber was given. */
  get hasMore(): boolean {
    return "steps" in this.#state || this.#state.total < this.#audience.total;
  }

  async #advance(steps: Steps): Promise<Write | Wait | undefined> {
    const { done, value } = await steps.next();
    // The timeline ended meanwhile, and what was found belongs to it.
    if (this.#resets !== this.#timeline.resets) return undefined;
    return done ? this.#end(value) : value;
  }

  #end(outcome: Outcome): Write | undefined {
    if ("cursor" in outcome) {
      this.#state = outcome.cursor;
      return outcome.lastWrite;
    }
    // A second reading would fail, too.
    const next = outcome.reset === "unreadable" ? NEW : this.#afterReset;
    return this.#reset(outcome.end, next);
  }

  /**
   * Says that what was missed cannot be known.
   *
   * @param cursor Where to go on.
   * @param next How to go on.
   */
  #reset(cursor: Cursor, next: AfterReset = this.#afterReset): Write {
    this.#resets = this.#timeline.resets;
    // A second reset must not replay everything that is kept again.
    if (this.#afterReset.kind === "kept") this.#afterReset = NEW;
    this.#state = this.#begin(next, cursor);
    return writeStatus({ state: "reset" });
  }

  #begin(from: DeliverFrom | AfterReset, cursor: Cursor): State {
    switch (from.kind) {
      case "new":
        return cursor;
      case "latest":
        return { steps: this.#catchUp().latest(from.count, cursor) };
      case "kept":
        return { steps: this.#catchUp().kept() };
      case "unknown":
        return { steps: this.#catchUp().unknown() };
      default:
        return { steps: this.#catchUp().resume(from) };
    }
  }

  #catchUp(): CatchUp {
    return new CatchUp(this.#timeline, this.#audience);
  }
}
