import {
  compareEventIds,
  type EventId,
  eventId,
  nextPlace,
  ORIGIN,
  type Place,
  placeBefore,
} from "../../events/event_id.ts";
import { drawEpoch, Epochs } from "../epochs.ts";
import type {
  History,
  Latest,
  LatestQuery,
  ReadAnswer,
  ReadFrom,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { Retention } from "../journal.ts";
import type { TimelineRecord } from "../note.ts";
import { type Floor, highest, isOurs, judge } from "../proof.ts";
import { lookUpCount, readWithin } from "../reading.ts";
import { StoreClock } from "../store_clock.ts";
import { Records } from "./records.ts";

/** The timeline of one process, in its memory. It has one epoch. */
export class MemoryHistory implements History {
  readonly clock: StoreClock = new StoreClock();
  readonly #records: Records;
  readonly #epochs = new Epochs();
  /** The place of the epoch's note. Nobody reads the note itself: no tail is open yet. */
  #last: EventId;

  constructor(retention: Retention) {
    this.#records = new Records(retention, this.clock);
    this.#epochs.begin(drawEpoch(), ORIGIN);
    this.#last = this.#id(nextPlace(ORIGIN, this.clock.nowMs));
  }

  /** The last id given out. */
  get last(): EventId {
    return this.#last;
  }

  /** Whether the event of a channel with this id has not been let go. */
  isHeld(channel: string, id: EventId): boolean {
    return this.#records.isHeld(channel, id);
  }

  /** Gives out the next id. */
  nextId(): EventId {
    this.#last = this.#id(nextPlace(this.#last, this.clock.nowMs));
    return this.#last;
  }

  /** Keeps records, in the order of their ids, and lets go of what exceeds the retention. */
  add(records: readonly TimelineRecord[]): void {
    for (const record of records) this.#records.add(record);
    this.#records.expire();
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<ReadAnswer> {
    this.#expire();
    const { channels, from, upTo } = query;
    const verdict = judge(query, {
      epochs: this.#epochs,
      last: this.#last,
      floor: this.#floorOf(channels),
      clock: this.clock,
    });
    if (verdict.kind !== "allowed") return Promise.resolve(verdict);
    const { floor, unproved } = verdict;
    const after = this.#start(channels, from);
    if (from.kind === "since" && isBefore(after, floor)) {
      // The clock went back: what was let go counts as older than the moment, and yet came after it.
      return Promise.resolve({ kind: "gone", floor });
    }
    const limit = lookUpCount(limits);
    const records = after === undefined
      ? []
      : channels.flatMap((name) =>
        this.#records.read(name, after, upTo, limit)
      );
    return Promise.resolve({
      kind: "found",
      ...readWithin(inOrder(records), limits),
      ...(unproved !== undefined && { unproved }),
    });
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Latest> {
    this.#expire();
    const limit = lookUpCount(limits);
    const events = query.channels.flatMap((name) =>
      this.#records.newest(name, query, limit)
    );
    const { records, isComplete } = readWithin(inOrder(events), limits);
    return Promise.resolve({ events: records, isComplete });
  }

  changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]> {
    this.#expire();
    const known = { epochs: this.#epochs, last: this.#last };
    if (!isOurs(after, known) || !isOurs(upTo, known)) {
      return Promise.resolve(channels);
    }
    return Promise.resolve(channels.filter((name) => {
      const floor = this.#floorOf([name]);
      return this.#records.hasAfter(name, after) ||
        floor !== undefined && compareEventIds(floor.place, after) > 0;
    }));
  }

  /** The place after which a reading begins; nothing where it finds nothing. */
  #start(channels: readonly string[], from: ReadFrom): EventId | undefined {
    if (from.kind === "after") return from.id;
    if (from.kind === "earliest") return ORIGIN;
    const firsts = channels.flatMap((name) =>
      this.#records.firstSince(name, from.ms) ?? []
    );
    const [first] = firsts.toSorted(compareEventIds);
    return first && placeBefore(first);
  }

  #floorOf(channels: readonly string[]): Floor | undefined {
    const floors = channels.map((name) => this.#records.floorOf(name));
    return highest([this.#records.floor, ...floors], this.clock);
  }

  #expire(): void {
    this.clock.see();
    this.#records.expire();
  }

  #id(place: Place): EventId {
    return eventId(place, this.#epochs.current);
  }
}

function inOrder<T extends TimelineRecord>(records: T[]): T[] {
  return records.sort((a, b) => compareEventIds(a.id, b.id));
}

function isBefore(place: EventId | undefined, floor: Place): boolean {
  return place !== undefined && compareEventIds(place, floor) < 0;
}
