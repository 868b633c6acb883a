import {
  compareEventIds,
  type EventId,
  eventId,
  ORIGIN,
  type Place,
  placeOf,
} from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { covers } from "../../events/pattern.ts";
import { Epochs } from "../../journal/epochs.ts";
import type {
  History,
  Latest,
  LatestQuery,
  ReadAnswer,
  ReadFrom,
  ReadLimits,
  ReadQuery,
} from "../../journal/history.ts";
import {
  EPOCH_NOTE,
  isNote,
  type NoteRecord,
  type TimelineRecord,
} from "../../journal/note.ts";
import { type Floor, highest, isOurs, judge } from "../../journal/proof.ts";
import { readWithin } from "../../journal/reading.ts";
import { StoreClock } from "../../journal/store_clock.ts";

/** Epochs of which the first one has given out the place before all events, too. */
class FromOrigin extends Epochs {
  override isKnown(id: EventId, last: EventId): boolean {
    return id === ORIGIN || super.isKnown(id, last);
  }
}

/** A history in a list, which can lose its oldest records. Its ids have no epoch until one is begun. */
export class ListHistory implements History {
  readonly records: TimelineRecord[] = [];
  /** Records up to this id are lost. */
  forgotten: EventId = ORIGIN;
  /** Records of a channel up to a place are lost. */
  readonly floors = new Map<string, Place>();
  /** How often it was read. */
  reads = 0;
  /** What was asked of `changed`. */
  readonly asked: (readonly string[])[] = [];
  readonly #epochs = new FromOrigin([{ name: "", start: ORIGIN }]);

  get events(): ChannelEvent[] {
    return this.records.filter((record): record is ChannelEvent =>
      !isNote(record)
    );
  }

  /** Makes the next event, a millisecond after the one before. */
  add(channel: string, data: string, type?: string): ChannelEvent {
    const event = { channel, data, id: this.#next(), ...(type && { type }) };
    this.records.push(event);
    return event;
  }

  /** Makes a note. */
  note(note: string, channel?: string): NoteRecord {
    const record = { note, id: this.#next(), ...(channel && { channel }) };
    this.records.push(record);
    return record;
  }

  /** Begins an epoch, and returns its note. */
  beginEpoch(name: string): NoteRecord {
    this.#epochs.begin(name, `${this.records.length}-0`);
    return this.note(EPOCH_NOTE);
  }

  /** The last id given out. */
  get last(): EventId {
    return this.records.at(-1)?.id ?? ORIGIN;
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<ReadAnswer> {
    this.reads++;
    const { channels, from, upTo } = query;
    const verdict = judge(query, {
      epochs: this.#epochs,
      last: this.last,
      floor: this.#floor(channels),
      clock: new StoreClock(),
    });
    if (verdict.kind !== "allowed") return Promise.resolve(verdict);
    const held = this.#held(channels, from, upTo);
    const { unproved } = verdict;
    return Promise.resolve({
      kind: "found",
      ...readWithin(held, limits),
      unproved,
    });
  }

  latest(
    { channels, upTo, count, after }: LatestQuery,
    limits: ReadLimits,
  ): Promise<Latest> {
    this.reads++;
    const known = this.events.filter(({ id }) =>
      compareEventIds(id, upTo) <= 0
    );
    const newest = new Set(
      this.#matching(channels).flatMap((name) =>
        known.filter(({ channel }) => channel === name).slice(-count)
      ),
    );
    const wanted = known.filter((event) =>
      newest.has(event) && compareEventIds(event.id, after) > 0
    );
    const { records: events, isComplete } = readWithin(wanted, limits);
    return Promise.resolve({ events, isComplete });
  }

  changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]> {
    this.asked.push(channels);
    const known = { epochs: this.#epochs, last: this.last };
    if (!isOurs(after, known) || !isOurs(upTo, known)) {
      return Promise.resolve(channels);
    }
    return Promise.resolve(channels.filter((name) => {
      const floor = this.#floor([name])?.place ?? ORIGIN;
      return compareEventIds(after, floor) < 0 ||
        this.records.some(({ channel, id }) =>
          channel !== undefined && covers(name, channel) &&
          compareEventIds(id, after) > 0
        );
    }));
  }

  #next(): EventId {
    return eventId(`${this.records.length + 1}-0`, this.#epochs.current);
  }

  /** The channels that there have been, of those that are named or that a pattern covers. */
  #matching(channels: readonly string[]): string[] {
    const all = new Set([
      ...this.records.flatMap(({ channel }) => channel ?? []),
      ...this.floors.keys(),
    ]);
    return [...all].filter((name) =>
      channels.some((channel) => covers(channel, name))
    );
  }

  #floor(channels: readonly string[]): Floor | undefined {
    const places = [
      placeOf(this.forgotten),
      ...this.#matching(channels).map((name) =>
        this.floors.get(name) ?? ORIGIN
      ),
    ].filter((place) => place !== ORIGIN);
    const floors = places.map((place) => ({
      place,
      timeMs: Number(place.split("-")[0]),
    }));
    return highest(floors, new StoreClock());
  }

  #held(
    channels: readonly string[],
    from: ReadFrom,
    upTo: EventId,
  ): TimelineRecord[] {
    return this.records.filter(({ channel = "", id }) => {
      const floor = [this.forgotten, this.floors.get(channel) ?? ORIGIN];
      return channels.some((name) => covers(name, channel)) &&
        isWithin(from, id) &&
        floor.every((place) => compareEventIds(id, place) > 0) &&
        compareEventIds(id, upTo) <= 0;
    });
  }
}

function isWithin(from: ReadFrom, id: EventId): boolean {
  switch (from.kind) {
    case "after":
      return compareEventIds(id, from.id) > 0;
    case "since":
      return Number(id.split("-")[0]) >= from.ms;
    case "earliest":
      return true;
  }
}
