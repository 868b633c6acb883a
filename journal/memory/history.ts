import {
  compareEventIds,
  type EventId,
  eventId,
  nextPlace,
  ORIGIN,
  type Place,
  placeBefore,
} from "../../events/event_id.ts";
import { MAX_MATCHING, toAsked, tooManyError } from "../asked.ts";
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
import type { Holdings } from "../holdings.ts";
import type { Retention } from "../journal.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type { TimelineRecord } from "../note.ts";
import { type Floor, highest, isOurs, judge } from "../proof.ts";
import { lookUpCount, readWithin } from "../reading.ts";
import { StoreClock } from "../store_clock.ts";
import { Oldest } from "./oldest.ts";
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
    const { from, upTo } = query;
    const names = this.#namesOf(query.channels);
    if (!names) return Promise.resolve({ kind: "unknown" });
    const verdict = judge(query, {
      epochs: this.#epochs,
      last: this.#last,
      floor: this.#floorOf(names),
      clock: this.clock,
    });
    if (verdict.kind !== "allowed") return Promise.resolve(verdict);
    const { floor, unproved } = verdict;
    const after = this.#start(names, from);
    if (from.kind === "since" && isBefore(after, floor)) {
      // The clock went back: what was let go counts as older than the moment, and yet came after it.
      return Promise.resolve({ kind: "gone", floor });
    }
    const limit = lookUpCount(limits);
    const oldest = new Oldest<TimelineRecord>(limit);
    for (const name of names) {
      if (after === undefined) break;
      oldest.add(this.#records.read(name, after, upTo, limit));
    }
    return Promise.resolve({
      kind: "found",
      ...readWithin(oldest.inOrder(), limits),
      ...(unproved !== undefined && { unproved }),
    });
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Latest> {
    this.#expire();
    const names = this.#namesOf(query.channels);
    if (!names) return Promise.reject(tooManyError());
    const limit = lookUpCount(limits);
    const oldest = new Oldest<ChannelEvent>(limit);
    for (const name of names) {
      oldest.add(this.#records.newest(name, query, limit));
    }
    const { records, isComplete } = readWithin(oldest.inOrder(), limits);
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
    return Promise.resolve(channels.filter((asked) => {
      const names = this.#namesOf([asked]);
      if (!names) return true;
      const floor = this.#floorOf(names);
      return names.some((name) => this.#records.hasAfter(name, after)) ||
        floor !== undefined && compareEventIds(floor.place, after) > 0;
    }));
  }

  /** The channels that names and patterns stand for; nothing where too many match the patterns. */
  #namesOf(channels: readonly string[]): readonly string[] | undefined {
    const { names, stems } = toAsked(channels);
    if (stems.length === 0) return names;
    const all = [...names];
    const most = names.length + MAX_MATCHING;
    for (const stem of stems) {
      for (const name of this.#records.startingWith(stem)) {
        if (all.length === most) return undefined;
        all.push(name);
      }
    }
    return all;
  }

  /** See {@linkcode Journal.holdings}. */
  holdings(channels: readonly string[]): Promise<Holdings> {
    this.#expire();
    return Promise.resolve({
      position: this.#last,
      channels: channels.map((name) => this.#records.holdingOf(name)),
    });
  }

  /** The place after which a reading begins; nothing where it finds nothing. */
  #start(names: readonly string[], from: ReadFrom): EventId | undefined {
    if (from.kind === "after") return from.id;
    if (from.kind === "earliest") return ORIGIN;
    const firsts = names.flatMap((name) =>
      this.#records.firstSince(name, from.ms) ?? []
    );
    const [first] = firsts.toSorted(compareEventIds);
    return first && placeBefore(first);
  }

  #floorOf(names: readonly string[]): Floor | undefined {
    const floors = names.map((name) => this.#records.floorOf(name));
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

function isBefore(place: EventId | undefined, floor: Place): boolean {
  return place !== undefined && compareEventIds(place, floor) < 0;
}
