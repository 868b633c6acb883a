import {
  compareEventIds,
  type EventId,
  eventIdMs,
  ORIGIN,
  placeOf,
} from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type { Deque } from "../deque.ts";
import type { Holding } from "../holdings.ts";
import type { Retention } from "../journal.ts";
import { isNote, type TimelineRecord } from "../note.ts";
import { type Floor, raise } from "../proof.ts";
import { recordBytes } from "../record_bytes.ts";
import type { StoreClock } from "../store_clock.ts";
import { type Held, HeldList } from "./held.ts";
import { type HeldChannel, HeldChannels } from "./held_channels.ts";

/** What a record takes in memory besides its texts, about, in bytes. */
export const RECORD_OVERHEAD = 200;

/** The records that are held in memory, and the floors of what was let go. A channel without records costs nothing. */
export class Records {
  readonly #retention: Retention;
  readonly #clock: StoreClock;
  readonly #channels = new HeldChannels();
  readonly #all = new HeldList();
  #floor: Floor;

  constructor(retention: Retention, clock: StoreClock) {
    this.#retention = retention;
    this.#clock = clock;
    // What another process had before is not known.
    this.#floor = { place: ORIGIN, timeMs: clock.nowMs };
  }

  /** The floor of all channels. */
  get floor(): Floor {
    return this.#floor;
  }

  /** The floor of one channel, besides the one of all. */
  floorOf(channel: string): Floor | undefined {
    return this.#channels.get(channel)?.floor;
  }

  /** The channels of which something is held whose names begin with a stem. */
  startingWith(stem: string): Iterable<string> {
    return this.#channels.startingWith(stem);
  }

  /** What is held of a channel. */
  holdingOf(channel: string): Holding {
    return this.#channels.get(channel)?.holding ?? { events: 0 };
  }

  /** Whether the record of a channel with this id has not been let go. */
  isHeld(channel: string, id: EventId): boolean {
    return [this.#floor, this.floorOf(channel)].every((floor) =>
      !floor || compareEventIds(id, floor.place) > 0
    );
  }

  /** Keeps a record that is newer than all that are held. What is about no channel is not read, and so not kept. */
  add(record: TimelineRecord): void {
    if (record.channel === undefined) return;
    const channel = this.#channels.get(record.channel) ??
      this.#channels.add(record.channel);
    if (isNote(record)) channel.notes.push(this.#hold(record));
    else {
      channel.events.push(this.#hold(record));
      if (channel.events.length > this.#retention.maxEvents) {
        this.#trim(channel);
      }
    }
  }

  /** Lets go of what is too old and what is too much, strictly oldest first. */
  expire(): void {
    const oldestMs = this.#clock.nowMs - this.#retention.maxAgeMs;
    for (let held; (held = this.#all.oldest);) {
      const isKept = this.#clock.countedMs(held.atMs) >= oldestMs &&
        this.#all.bytes <= this.#retention.maxBytes;
      if (isKept) return;
      this.#letGoOldest(held);
    }
  }

  /**
   * Reads a channel's records between two places, oldest first.
   *
   * @param limit How many events and how many notes at most.
   */
  read(
    name: string,
    after: EventId,
    upTo: EventId,
    limit: number,
  ): TimelineRecord[] {
    const channel = this.#channels.get(name);
    if (!channel) return [];
    return [
      ...between(channel.events, after, upTo, limit),
      ...between(channel.notes, after, upTo, limit),
    ];
  }

  /** Reads the oldest `limit` of a channel's newest `count` events up to a place, but only those after another one. */
  newest(
    name: string,
    { count, after, upTo }: { count: number; after: EventId; upTo: EventId },
    limit: number,
  ): ChannelEvent[] {
    const events = this.#channels.get(name)?.events;
    if (!events) return [];
    const end = indexAfter(events, upTo);
    const start = Math.max(indexAfter(events, after), end - count);
    return events.slice(start, Math.min(end, start + limit))
      .map(({ record }) => record);
  }

  /** Finds a channel's first record that counts as appended at a moment or later. */
  firstSince(name: string, ms: number): EventId | undefined {
    const channel = this.#channels.get(name);
    if (!channel) return undefined;
    const found = [channel.events, channel.notes].flatMap((list) => {
      // No record counts as newer than its id. Most count as of that very time, so that the first look hits.
      const start = list.firstIndex(({ record }) => eventIdMs(record.id) >= ms);
      for (let i = start; i < list.length; i++) {
        const { record, atMs } = list.at(i)!;
        if (this.#clock.countedMs(atMs) >= ms) return [record.id];
      }
      return [];
    });
    return found.toSorted(compareEventIds)[0];
  }

  /** Whether a channel has a record after a place. */
  hasAfter(name: string, after: EventId): boolean {
    const channel = this.#channels.get(name);
    if (!channel) return false;
    return [channel.events, channel.notes].some((list) =>
      indexAfter(list, after) < list.length
    );
  }

  /** Lets go of the channel's oldest event, and of the notes before it. */
  #trim(channel: HeldChannel): void {
    const held = channel.events.shift()!;
    this.#all.remove(held);
    const { id } = held.record;
    for (let note; (note = channel.notes.at(0));) {
      if (compareEventIds(note.record.id, id) > 0) break;
      this.#all.remove(channel.notes.shift()!);
    }
    channel.floor = raise(channel.floor, placeOf(id), held.atMs, this.#clock);
  }

  #letGoOldest(held: Held): void {
    const { record } = held;
    this.#all.remove(held);
    this.#floor = raise(
      this.#floor,
      placeOf(record.id),
      held.atMs,
      this.#clock,
    );
    const channel = this.#channels.get(record.channel!)!;
    if (isNote(record)) channel.notes.shift();
    else channel.events.shift();
    // What went of this channel alone is older than all that it holds, so that the floor of all has passed its own.
    if (channel.events.length + channel.notes.length === 0) {
      this.#channels.delete(record.channel!);
    }
  }

  #hold<T extends TimelineRecord>(record: T): Held<T> {
    return this.#all.add({
      record,
      atMs: this.#clock.nowMs,
      bytes: recordBytes(record, RECORD_OVERHEAD),
    });
  }
}

function between(
  list: Deque<Held>,
  after: EventId,
  upTo: EventId,
  limit: number,
): TimelineRecord[] {
  const start = indexAfter(list, after);
  const end = Math.min(indexAfter(list, upTo), start + limit);
  return list.slice(start, end).map(({ record }) => record);
}

function indexAfter(list: Deque<Held>, id: EventId): number {
  return list.firstIndex(({ record }) => compareEventIds(record.id, id) > 0);
}
