import { compareEventIds, type EventId } from "../events/event_id.ts";
import type { Audience } from "./audience.ts";
import { afterResetSteps } from "./after_reset_steps.ts";
import { CatchUp } from "./catch_up.ts";
import { type Cursor, orBeginning } from "./cursor.ts";
import {
  type AfterReset,
  afterReset,
  type DeliverFrom,
  NEW,
} from "./deliver_from.ts";
import { type Wait, withStatus, type Write, writeStatus } from "./step.ts";
import type { Outcome, Steps } from "./steps.ts";
import type { Timeline } from "./timeline.ts";

/** What a subscriber does next: writes, parks until its audience has more, or waits. */
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
  /** The id that the stream's client has now, if it has one. */
  #lastId: EventId | undefined;
  /** Whether it has to say yet that it is live: always, or where its client has an id of an earlier place. */
  #unsaid: "always" | "if later" | undefined;

  constructor(timeline: Timeline, audience: Audience, from: DeliverFrom) {
    this.#timeline = timeline;
    this.#audience = audience;
    this.#resets = timeline.resets;
    this.#afterReset = afterReset(from);
    const isFresh = from.kind === "new" || from.kind === "latest";
    if (isFresh && timeline.saysLive) this.#unsaid = "always";
    this.#state = this.#begin(from, audience.end(timeline.position));
  }

  /**
   * What comes next. A promise may resolve to nothing: ask again then. Only "park" as an immediate answer is still true
   * when it is acted upon: after waiting for a promise, the subscriber could park just after its audience was woken.
   */
  next(): Step | Promise<Write | Wait | undefined> {
    if (this.#resets !== this.#timeline.resets) {
      const write = this.#reset(this.#audience.oldest());
      if (write) return write;
    }
    const state = this.#state;
    if ("steps" in state) return this.#advance(state.steps);
    if (this.#unsaid) {
      if (!this.#timeline.beginning) {
        return { waitFrom: this.#timeline.position };
      }
      const write = this.#sayLive(state);
      if (write) return write;
    }
    if (this.#audience.hasLost(state)) {
      const steps = this.#catchUp().refill(state);
      this.#state = { steps };
      return this.#advance(steps);
    }
    const chunk = this.#audience.take(state);
    if (!chunk) return "park";
    this.#state = chunk.next;
    return this.#note(chunk);
  }

  /** Whether there is more than what the subscriber was given. */
  get hasMore(): boolean {
    return "steps" in this.#state || this.#state.total < this.#audience.total;
  }

  /**
   * Says anew where the stream stands, if its client's id is before a place; nothing where there is more to come, which has
   * a newer id.
   */
  refresh(newerHalf: EventId): Write | undefined {
    const lastId = this.#lastId;
    if (!lastId || compareEventIds(lastId, newerHalf) >= 0) return undefined;
    const { position, resets } = this.#timeline;
    const isDone = this.#resets === resets && !this.hasMore &&
      !this.#audience.hasLost(this.#state as Cursor);
    if (!isDone || compareEventIds(position.id, lastId) <= 0) return undefined;
    this.#state = this.#audience.end(position);
    return this.#note(writeStatus({ state: "live" }, position.id));
  }

  async #advance(steps: Steps): Promise<Write | Wait | undefined> {
    const { done, value } = await steps.next();
    // The timeline ended meanwhile, and what was found belongs to it.
    if (this.#resets !== this.#timeline.resets) return undefined;
    if (done) return this.#end(value);
    return "waitFrom" in value ? value : this.#note(value);
  }

  #end(outcome: Outcome): Write | undefined {
    if ("cursor" in outcome) {
      const { cursor, lastWrite } = outcome;
      this.#state = cursor;
      if (lastWrite) this.#note(lastWrite);
      return this.#unsaid ? this.#sayLive(cursor, lastWrite) : lastWrite;
    }
    // A second reading would fail, too.
    const next = outcome.reset === "unreadable" ? NEW : this.#afterReset;
    return this.#reset(outcome.end, next);
  }

  /**
   * Says that what was missed cannot be known: at once, or as soon as it is known what comes after that.
   *
   * @param cursor Where to go on.
   * @param next How to go on.
   */
  #reset(
    cursor: Cursor,
    next: AfterReset = this.#afterReset,
  ): Write | undefined {
    this.#resets = this.#timeline.resets;
    const state = this.#begin(next, cursor);
    if ("steps" in state) {
      this.#state = { steps: afterResetSteps(state.steps) };
      this.#unsaid = this.#timeline.saysLive ? "if later" : undefined;
      return undefined;
    }
    this.#state = state;
    this.#unsaid = undefined;
    return this.#note(writeStatus({ state: "reset" }, this.#placeOf(cursor)));
  }

  /** Says where the stream goes on live, after what is to be written before. */
  #sayLive(cursor: Cursor, before?: Write): Write | undefined {
    const place = this.#placeOf(cursor);
    const isNeeded = this.#unsaid === "always" || place !== this.#lastId;
    this.#unsaid = undefined;
    return isNeeded
      ? this.#note(withStatus(before, { state: "live" }, place))
      : before;
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

  /** Notes what the client knows after a write. */
  #note(write: Write): Write {
    if (write.last !== undefined) this.#lastId = write.last;
    // A second reset must not replay everything that is kept again.
    const isReset = write.status?.state === "reset";
    if (isReset && this.#afterReset.kind === "kept") this.#afterReset = NEW;
    return write;
  }

  #placeOf({ id }: Cursor): EventId {
    const { beginning } = this.#timeline;
    return beginning ? orBeginning(id, beginning) : id;
  }

  #catchUp(): CatchUp {
    return new CatchUp(this.#timeline, this.#audience);
  }
}
