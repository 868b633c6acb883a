import { compareEventIds, epochOf, type EventId } from "../events/event_id.ts";

/** How many are remembered at most: the history judges the ids of older ones. */
const MAX_SPANS = 1_000;

/** What a tail has seen of one epoch. */
interface Span {
  readonly name: string;
  readonly first: EventId;
  last: EventId;
}

/**
 * Which epoch a tail had at each place. An id of another epoch at such a place is of another timeline: what follows it
 * here is not what its reader has missed.
 */
export class EpochSpans {
  #spans: Span[];

  /** @param at Where the tail stands. Nothing is known of the places before it. */
  constructor(at: EventId) {
    this.#spans = [toSpan(at)];
  }

  /** Goes on to an id: every record up to it has come. Call at each note of an epoch, too. */
  extend(to: EventId): void {
    const span = this.#spans.at(-1)!;
    if (span.name === epochOf(to)) {
      span.last = to;
      return;
    }
    this.#add(toSpan(to));
  }

  /** Goes on at an id, while nothing is known of the places before it that have not come. */
  skip(to: EventId): void {
    this.#add(toSpan(to));
  }

  /** Begins anew at an id. */
  restart(at: EventId): void {
    this.#spans = [toSpan(at)];
  }

  /** Whether the tail had the id's epoch at the id's place. */
  has(id: EventId): boolean {
    const name = epochOf(id);
    return this.#spans.some((span) =>
      span.name === name && compareEventIds(span.first, id) <= 0 &&
      compareEventIds(id, span.last) <= 0
    );
  }

  /** Whether the tail has gone on from the id's epoch to another. An id that has not come by then is of another timeline. */
  hasLeft(id: EventId): boolean {
    const name = epochOf(id);
    return this.#spans.at(-1)!.name !== name &&
      this.#spans.some((span) => span.name === name);
  }

  #add(span: Span): void {
    this.#spans.push(span);
    if (this.#spans.length > MAX_SPANS) this.#spans.shift();
  }
}

function toSpan(at: EventId): Span {
  return { name: epochOf(at), first: at, last: at };
}
