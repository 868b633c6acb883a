import {
  compareEventIds,
  type EventId,
  eventId,
  nextPlace,
  ORIGIN,
  type Place,
  placeOf,
} from "../../events/event_id.ts";
import { covers } from "../../events/pattern.ts";
import { drawEpoch, Epochs } from "../../journal/epochs.ts";
import { type Entry, KeyConflictError } from "../../journal/journal.ts";
import { EPOCH_NOTE, isNote, type TimelineRecord } from "../../journal/note.ts";
import { type Floor, highest, raise } from "../../journal/proof.ts";
import { recordBytes } from "../../journal/record_bytes.ts";
import { StoreClock } from "../../journal/store_clock.ts";
import type { Defect } from "./defects.ts";
import { type Node, type Truth, Violation } from "./truth.ts";

/** What a store has, by its rules. */
export interface StoreOptions {
  maxEvents: number;
  maxBytes: number;
  maxAgeMs: number;
  /** How many records the tail's window has. */
  window: number;
}

/** Which life of a server asks: what a store compares with that of its last append. */
export interface Life {
  readonly run: string;
  readonly replication: string;
}

/** A record in its channel's list. */
export interface Kept {
  readonly record: TimelineRecord;
  readonly atMs: number;
  /** Rises by one with each record, however the clock stands. */
  readonly seq: number;
  readonly bytes: number;
  readonly node: Node;
}

/** What the run knows besides. */
export interface StoreWorld {
  readonly truth: Truth;
  readonly options: StoreOptions;
  readonly defect: Defect | undefined;
  readonly elapsedMs: number;
}

/**
 * The records of a store that several instances share, kept by the rules of the journals: those of Redis, with lists by
 * channel and a window for the tail. Each method is one script: all of it happens at once, or none.
 */
export class SharedStore {
  epochs: Epochs = new Epochs();
  life = "";
  last: EventId = ORIGIN;
  floor: Floor | undefined;
  clock: StoreClock = new StoreClock();
  lists: Map<string, Kept[]> = new Map();
  oldest: Map<string, number> = new Map();
  floors: Map<string, Floor> = new Map();
  /** The newest records, and where they begin. */
  window: Kept[] = [];
  windowStart: Place = ORIGIN;
  keys: Map<string, { hash: string; id: EventId }> = new Map();
  /** The whole timeline, with what was let go. */
  head: Node | undefined;
  #seq = 0;
  readonly #world: StoreWorld;

  constructor(world: StoreWorld) {
    this.#world = world;
  }

  /** A copy, as a replica or a file has it. */
  clone(): SharedStore {
    const copy = new SharedStore(this.#world);
    copy.epochs = new Epochs(this.epochs.list);
    copy.life = this.life;
    copy.last = this.last;
    copy.floor = this.floor;
    copy.clock = new StoreClock(this.clock.nowMs, this.clock.wentBackMs);
    copy.lists = new Map(
      [...this.lists].map(([name, list]) => [name, [...list]]),
    );
    copy.oldest = new Map(this.oldest);
    copy.floors = new Map(this.floors);
    copy.window = [...this.window];
    copy.windowStart = this.windowStart;
    copy.keys = new Map(this.keys);
    copy.head = this.head;
    copy.#seq = this.#seq;
    return copy;
  }

  /** All that is held, by channel. */
  get bytes(): number {
    let bytes = 0;
    for (const list of this.lists.values()) {
      for (const kept of list) bytes += kept.bytes;
    }
    return bytes;
  }

  isHeld(node: Node): boolean {
    if (node.isGone) return false;
    const list = this.lists.get(node.channel!) ?? [];
    const { nowMs, wentBackMs } = this.clock;
    const clock = new StoreClock(nowMs, wentBackMs);
    clock.see();
    return list.some((kept) =>
      kept.node === node && !this.#isTooOld(kept, clock)
    );
  }

  /** Begins an epoch: the first record of a life. */
  begin(life: string): void {
    this.life = life;
    if (this.epochs.current === "") {
      this.clock.see();
      if (this.#world.defect !== "a new store proves every moment") {
        this.floor = { place: ORIGIN, timeMs: this.clock.nowMs };
      }
    }
    const start = placeOf(this.last);
    const name = drawEpoch();
    this.epochs.begin(name, start);
    const place = nextPlace(this.last);
    this.#push({ note: EPOCH_NOTE, payload: name, id: eventId(place, name) });
  }

  /** Begins an epoch where the life is not the one of the last append. */
  beginIfNew(life: string): void {
    if (this.epochs.current === "" || this.life !== life) this.begin(life);
  }

  /** Appends entries and trims their channels. The other limits are another script's. */
  append(entries: readonly Entry[], life: string | undefined): EventId[] {
    this.clock.see();
    for (const entry of entries) {
      const key = "key" in entry ? entry.key : undefined;
      const known = key && this.keys.get(key.name);
      if (known && known.hash !== key.hash) {
        throw new KeyConflictError("another message");
      }
    }
    if (life !== undefined) this.beginIfNew(life);
    return entries.map((entry) => this.#take(entry));
  }

  /** Lets go of what is too old and too much, a few records at a time. */
  letGo(maxCount: number): boolean {
    this.clock.see();
    for (let left = maxCount; left > 0; left--) {
      const name = this.#oldestName();
      if (name === undefined) return false;
      const list = this.lists.get(name);
      if (!list) {
        if (this.#world.defect !== "a lost list is forgotten") {
          this.floors.set(name, {
            place: placeOf(this.last),
            timeMs: this.clock.nowMs,
          });
        }
        this.oldest.delete(name);
        continue;
      }
      const kept = list[0]!;
      if (!this.#isTooMuch(kept)) return false;
      this.#shift(name, list);
      if (this.#world.defect !== "letting go raises no floor") {
        this.floor = raise(
          this.floor,
          placeOf(kept.record.id),
          this.#atOf(kept),
          this.clock,
        );
      }
      for (const [name, { place }] of this.floors) {
        if (compareEventIds(place, this.floor?.place ?? ORIGIN) <= 0) {
          this.floors.delete(name);
        }
      }
      this.epochs.forget(this.floor?.place ?? ORIGIN);
    }
    return true;
  }

  /** The channels of which there is something, of those that are named or that a pattern covers. */
  matching(channels: readonly string[]): string[] {
    const all = [this.lists, this.oldest, this.floors]
      .flatMap((map) => [...map.keys()]);
    return [...new Set(all)].filter((name) =>
      channels.some((channel) => covers(channel, name))
    );
  }

  /** The highest floor that concerns channels and patterns, with what is too old to be read. */
  floorOf(asked: readonly string[]): Floor | undefined {
    const channels = this.#world.defect === "a pattern has no floors"
      ? asked
      : this.matching(asked);
    const lost = this.#world.defect === "a lost list is forgotten"
      ? []
      : channels.filter((name) =>
        this.oldest.has(name) && !this.lists.has(name)
      );
    return highest([
      this.floor,
      ...channels.map((name) => this.floors.get(name)),
      ...lost.map(() => ({
        place: placeOf(this.last),
        timeMs: this.clock.nowMs,
      })),
      ...channels.flatMap((name) =>
        (this.lists.get(name) ?? []).filter((kept) => this.#isTooOld(kept))
          .map((kept) => ({
            place: placeOf(kept.record.id),
            timeMs: this.clock.countedMs(this.#atOf(kept)),
          }))
      ),
    ], this.clock);
  }

  /** The records of channels and patterns that may be read, in order. */
  readable(channels: readonly string[]): Kept[] {
    return this.matching(channels).flatMap((name) =>
      (this.lists.get(name) ?? []).filter((kept) => {
        const isTooOld = this.#isTooOld(kept);
        if (isTooOld) kept.node.isGone = true;
        return !isTooOld;
      })
    ).sort((a, b) => compareEventIds(a.record.id, b.record.id));
  }

  countedMs(kept: Kept): number {
    return this.clock.countedMs(this.#atOf(kept));
  }

  /** Loses a channel's list, as nothing should. */
  lose(name: string): void {
    for (const { node } of this.lists.get(name) ?? []) node.isGone = true;
    this.lists.delete(name);
  }

  #take(entry: Entry): EventId {
    const { key, ...rest } = "note" in entry
      ? { ...entry, key: undefined }
      : entry;
    const known = key && this.keys.get(key.name);
    if (known) return known.id;
    const before = placeOf(this.last);
    const place = nextPlace(this.last);
    const id = eventId(place, this.epochs.current);
    const kept = this.#push({ ...rest, id } as TimelineRecord);
    if (key) this.keys.set(key.name, { hash: key.hash, id });
    this.#file(kept, before);
    return id;
  }

  #push(record: TimelineRecord): Kept {
    const { truth, elapsedMs: atMs, options } = this.#world;
    const uid = "data" in record ? record.data : undefined;
    this.head = truth.append(
      this.head,
      { ...(uid !== undefined && { uid }), channel: record.channel, atMs },
      record.id,
    );
    this.last = record.id;
    const kept: Kept = {
      record,
      atMs: this.clock.nowMs,
      seq: ++this.#seq,
      bytes: recordBytes(record, 200),
      node: this.head,
    };
    this.window.push(kept);
    while (this.window.length > options.window) {
      this.windowStart = placeOf(this.window.shift()!.record.id);
    }
    return kept;
  }

  /** Puts a record into its channel's list. */
  #file(kept: Kept, before: Place): void {
    const name = kept.record.channel;
    if (name === undefined) throw new Violation("a record without a channel");
    let list = this.lists.get(name);
    if (!list) {
      const isLost = this.oldest.has(name);
      const isForgotten =
        this.#world.defect === "an append hides a lost list" ||
        this.#world.defect === "a lost list is forgotten";
      if (isLost && !isForgotten) {
        this.floors.set(name, { place: before, timeMs: this.clock.nowMs });
      }
      this.lists.set(name, list = []);
      this.oldest.set(name, kept.seq);
    }
    list.push(kept);
    const isOver = () =>
      list.filter(({ record }) => !isNote(record)).length >
        this.#world.options.maxEvents;
    while (isOver()) {
      const gone = this.#shift(name, list);
      if (this.#world.defect === "a channel has no floor of its own") continue;
      const floor = this.#world.defect === "a floor is where the held begins"
        ? gone.node.parent?.id ?? ORIGIN
        : gone.record.id;
      this.floors.set(
        name,
        raise(
          this.floors.get(name),
          placeOf(floor),
          this.#atOf(gone),
          this.clock,
        ),
      );
    }
  }

  #shift(name: string, list: Kept[]): Kept {
    const kept = list.shift()!;
    kept.node.isGone = true;
    if (list.length === 0) {
      this.lists.delete(name);
      this.oldest.delete(name);
    } else this.oldest.set(name, list[0]!.seq);
    return kept;
  }

  #oldestName(): string | undefined {
    let oldest: [string, number] | undefined;
    for (const entry of this.oldest) {
      if (!oldest || entry[1] < oldest[1]) oldest = entry;
    }
    if (this.#world.defect === "any channel lets go first" && oldest) {
      return [...this.oldest.keys()].at(-1);
    }
    return oldest?.[0];
  }

  #isTooMuch(kept: Kept): boolean {
    return this.#isTooOld(kept) || this.bytes > this.#world.options.maxBytes;
  }

  #isTooOld(kept: Kept, clock = this.clock): boolean {
    const atMs = this.#atOf(kept);
    const { maxAgeMs } = this.#world.options;
    const countedMs = this.#world.defect === "a time ahead counts as it is"
      ? atMs
      : clock.countedMs(atMs);
    return countedMs < clock.nowMs - maxAgeMs;
  }

  #atOf({ record, atMs }: Kept): number {
    return this.#world.defect === "age goes by the id"
      ? Number(record.id.slice(0, record.id.indexOf("-")))
      : atMs;
  }
}
