import type { Frame } from "../events/frame.ts";
import { MAX_MATCHING } from "../journal/asked.ts";
import {
  type Found,
  type ReadAnswer,
  type ReadFrom,
  UnavailableError,
  UnreadableError,
} from "../journal/history.ts";
import type { Journal } from "../journal/journal.ts";
import { toReadFrom } from "./catch_up.ts";
import type { DeliverFrom } from "./deliver_from.ts";
import { MAX_READ_EVENTS, MAX_READ_LENGTH } from "./page_reader.ts";
import { PollLines } from "./poll_lines.ts";
import type { ReadSlots } from "./read_slots.ts";

/** What a poll reads. */
export interface PollQuery {
  /** Names and patterns, of which none covers another one. */
  readonly channels: readonly string[];
  /** What a fresh stream would leave out counts as well. */
  readonly from: Exclude<DeliverFrom, { kind: "latest" }>;
}

/** Dependencies of {@linkcode poll}. */
export interface PollSource {
  readonly journal: Pick<Journal, "read" | "holdings">;
  /** Bounds how many readings there are at once. */
  readonly slots: ReadSlots;
}

type Read = (from: ReadFrom) => Promise<ReadAnswer>;

/** The first page of a poll. */
interface Beginning {
  readonly page: Found;
  /** Whether nothing was left out before it. */
  readonly complete: boolean;
  /** What the readings after it are given, see {@linkcode Found.unproved}. */
  readonly unproved: Found["unproved"];
}

const LIMITS = { maxEvents: MAX_READ_EVENTS, maxLength: MAX_READ_LENGTH };
const EARLIEST: ReadFrom = { kind: "earliest" };

/**
 * Reads what is held, as lines of JSON: one for each event, and a last one that says where to go on, see `PollEnd`. It is
 * read from the journal, which has also what the tail has not brought here yet, a page at a time, each when it is asked
 * for.
 *
 * @returns The last lines.
 * @throws {UnavailableError} The journal cannot be read for now. Thrown before there are lines.
 * @throws {UnreadableError} The journal cannot be read, and waiting will not help. Thrown before there are lines.
 */
export async function* poll(
  { journal, slots }: PollSource,
  { channels, from }: PollQuery,
): AsyncGenerator<Frame, Frame> {
  // Before what is read: an id from after it can be known to the client only by a later answer.
  const { position } = await journal.holdings([]);
  const read: Read = (from) =>
    slots.run(() => journal.read({ channels, from, upTo: position }, LIMITS));
  const { page: first, complete, unproved } = await begin(read, from);
  const lines = new PollLines();
  let page: Found | undefined = first;
  while (page && lines.add(page.records)) {
    if (page.isComplete) {
      return lines.take({ last: position, more: false, complete });
    }
    const bytes = lines.take();
    if (bytes.length > 0) yield bytes;
    page = await readOn(read, { kind: "after", id: lines.last!, unproved });
  }
  return lines.take({ last: lines.last!, more: true, complete });
}

/** Reads the first page: what the client asks for, else what is held. */
async function begin(
  read: Read,
  from: PollQuery["from"],
): Promise<Beginning> {
  const isKnown = from.kind !== "unknown";
  let next = isKnown && from.kind !== "new" ? toReadFrom(from) : EARLIEST;
  let complete = isKnown;
  while (true) {
    const answer = await read(next);
    if (answer.kind === "found") {
      const unproved = answer.unproved ??
        (next.kind === "after" ? next.unproved : undefined);
      return { page: answer, complete, unproved };
    }
    if (answer.kind === "unknown" && next === EARLIEST) {
      throw new UnavailableError(
        `Cannot poll for now: the journal has begun another timeline, or patterns match more than ${MAX_MATCHING} channels`,
      );
    }
    complete = false;
    // Not with everything that is held: a client that is told so at each page would never come further.
    next = answer.kind === "gone" && next.kind === "after"
      ? { ...next, unproved: answer.floor }
      : EARLIEST;
  }
}

/** Reads a further page; nothing where it cannot be read. The next poll begins with it, and is told why. */
async function readOn(read: Read, from: ReadFrom): Promise<Found | undefined> {
  try {
    const answer = await read(from);
    return answer.kind === "found" ? answer : undefined;
  } catch (error) {
    const isOfReading = error instanceof UnavailableError ||
      error instanceof UnreadableError;
    if (!isOfReading) throw error;
    return undefined;
  }
}
