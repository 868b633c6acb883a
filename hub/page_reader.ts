import { concat } from "@std/bytes/concat";
import {
  compareEventIds,
  type EventId,
  type Place,
} from "../events/event_id.ts";
import { type Frame, withChannel } from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";
import type {
  Gone,
  History,
  LatestQuery,
  ReadFrom,
  Unknown,
} from "../journal/history.ts";
import { isNote } from "../journal/note.ts";
import type { Audience } from "./audience.ts";
import type { EventEncoder } from "./event_encoder.ts";
import { ReadSlots } from "./read_slots.ts";
import type { Position } from "./ring.ts";
import type { Write } from "./step.ts";

/** How many events are read at once at most. */
export const MAX_READ_EVENTS = 256;
/** How much is read and written at once, in UTF-16 units of data, unless a single event is larger. */
export const MAX_READ_LENGTH = 64 * 1024;

/** Why a part of what is kept cannot be read. */
export type Missing = Gone | Unknown;

/** How far a part of what is kept goes. */
interface Extent {
  /** The id up to which it brings everything. */
  readonly end: EventId;
  /** Whether there was nothing after it, up to where the hub stood then. */
  readonly isComplete: boolean;
  /** The place up to which nothing is proved, see {@linkcode Found.unproved}. */
  readonly unproved: Place | undefined;
}

/** A part of what is kept for an audience. */
interface Part extends Extent {
  readonly events: readonly ChannelEvent[];
}

/** A part that was counted. */
export interface Counted extends Extent {
  readonly count: number;
}

/** A part that was encoded. */
export interface Page extends Extent, EncodedEvents {}

/** Events that were encoded. */
interface EncodedEvents extends Write {
  readonly bytes: Frame;
}

/** Which part of what is kept to read. */
export interface PageQuery {
  readonly audience: Audience;
  readonly from: ReadFrom;
  readonly upTo: Position;
  /** How many events it holds at most. */
  readonly maxEvents: number;
}

/** Which of the newest events to read. */
export interface NewestQuery extends Omit<LatestQuery, "channels"> {
  readonly audience: Audience;
}

/** The newest events of an audience's channels, encoded. */
export interface Newest {
  readonly write: EncodedEvents;
  readonly isComplete: boolean;
}

/**
 * Reads what is kept a part at a time, and so many parts at once.
 *
 * Its methods throw an `UnavailableError` where the history cannot be read for now, and an `UnreadableError` where
 * waiting will not help.
 */
export class PageReader {
  readonly #history: History;
  readonly #encoder: EventEncoder;
  readonly #slots = new ReadSlots();

  constructor(history: History, encoder: EventEncoder) {
    this.#history = history;
    this.#encoder = encoder;
  }

  /** Reads and encodes a part. */
  read(query: PageQuery): Promise<Page | Missing> {
    return this.#slots.run(async () => {
      const part = await this.#read(query);
      if ("kind" in part) return part;
      const { events, ...extent } = part;
      return { ...extent, ...await this.#encode(query.audience, events) };
    });
  }

  /** Counts the events of a part. */
  async count(query: PageQuery): Promise<Counted | Missing> {
    const part = await this.#slots.run(() => this.#read(query));
    if ("kind" in part) return part;
    const { events, ...extent } = part;
    return { ...extent, count: events.length };
  }

  /** Reads and encodes the newest events of each channel. */
  latest({ audience, ...query }: NewestQuery): Promise<Newest> {
    return this.#slots.run(async () => {
      const { events, isComplete } = await this.#history.latest(
        { channels: audience.selection.channels, ...query },
        { maxEvents: MAX_READ_EVENTS, maxLength: MAX_READ_LENGTH },
      );
      const write = await this.#encode(audience, events);
      return { write, isComplete };
    });
  }

  async #read(
    { audience, from, upTo, maxEvents }: PageQuery,
  ): Promise<Part | Missing> {
    const { channels } = audience.selection;
    const found = await this.#history.read(
      { channels, from, upTo: upTo.id },
      { maxEvents, maxLength: MAX_READ_LENGTH },
    );
    if (found.kind !== "found") return found;
    const { records, isComplete } = found;
    const end = isComplete ? upTo.id : records.at(-1)!.id;
    const unproved = found.unproved ??
      (from.kind === "after" ? from.unproved : undefined);
    return {
      // The one place where the notes that a reading brings can be acted upon.
      events: records.filter((record): record is ChannelEvent =>
        !isNote(record)
      ),
      end,
      isComplete,
      // Whoever has come as far needs it no more, and shares its pages with those who never did.
      unproved: unproved && compareEventIds(end, unproved) < 0
        ? unproved
        : undefined,
    };
  }

  async #encode(
    { selection: { form, isNamed } }: Audience,
    events: readonly ChannelEvent[],
  ): Promise<EncodedEvents> {
    const frames = await Promise.all(events.map(async (event) => {
      const frame: Frame = await this.#encoder.encode(event, form);
      return isNamed ? withChannel(frame, event.channel) : frame;
    }));
    return {
      bytes: concat(frames),
      count: frames.length,
      first: events[0]?.id,
      last: events.at(-1)?.id,
    };
  }
}
