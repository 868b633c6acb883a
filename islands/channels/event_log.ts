import { blocksOf, isBlockFull } from "./blocks_of.ts";

/** A received event. */
export interface EventRow {
  /** Unique among rows. */
  key: number;
  id: string;
  channel: string;
  type: string;
  data: string;
  /** Whether to show all of its data, however long. */
  isOpen?: boolean;
}

/** An event that is not in the log yet. */
export type NewRow = Omit<EventRow, "key">;

/** A note about the stream among the events. */
export interface NoteRow {
  key: number;
  note: string;
}

export type Row = EventRow | NoteRow;

/** Rows that get elements together. */
export interface Block {
  rows: Row[];
  /** As last measured, in px. */
  height: number | undefined;
}

/** How many rows are kept, at least. */
export const MAX_ROWS = 10_000;
/** The most data that is kept, in UTF-16 units, however few the events: the page must fit into memory. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** The last events, in blocks: a page with an element for each of ten thousand rows would be too slow. */
export class EventLog {
  /** Whether the server kept no event before those here when it was asked. */
  hasOldest = false;
  #blocks: Block[] = [];
  #rows = 0;
  #length = 0;
  #keys = 0;
  #events = 0;
  #older = 0;
  #dropped = 0;

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** The number of rows kept. */
  get rows(): number {
    return this.#rows;
  }

  /** The number of events added at the end, including those that are no longer kept. */
  get events(): number {
    return this.#events;
  }

  /** The number of events added by {@linkcode addOlder}. */
  get older(): number {
    return this.#older;
  }

  /** Whether there is no room for older events. */
  get isFull(): boolean {
    return this.#dropped > 0 || this.#rows >= MAX_ROWS;
  }

  /** The ids of the events, in their order. */
  ids(): string[] {
    return this.#blocks.flatMap(({ rows }) => rows)
      .flatMap((row) => "note" in row ? [] : row.id);
  }

  /** The number of events of the channel that has the most. */
  get mostOfOne(): number {
    const counts = new Map<string, number>();
    for (const row of this.#blocks.flatMap(({ rows }) => rows)) {
      if ("note" in row) continue;
      counts.set(row.channel, (counts.get(row.channel) ?? 0) + 1);
    }
    return Math.max(0, ...counts.values());
  }

  /** The number of events that are still here. */
  get kept(): number {
    return this.#events + this.#older - this.#dropped;
  }

  /**
   * Adds missing events before those that are already here.
   *
   * @param events Events in their order. Missing ones go right before the next one that is already here, and so after a
   * note that says what was lost before it. Those before all that are here go before all notes, too.
   * @returns The number of events added.
   */
  addOlder(events: readonly NewRow[]): number {
    const here = this.ids();
    const known = new Set(here);
    const before = new Map<string, EventRow[]>();
    let missing: EventRow[] = [];
    for (const event of events) {
      if (!known.has(event.id)) missing.push({ ...event, key: ++this.#keys });
      else {
        if (missing.length > 0) before.set(event.id, missing);
        missing = [];
      }
    }
    const rows = [...before.values()].flat();
    const oldest = before.get(here[0]!) ?? [];
    before.delete(here[0]!);
    this.#blocks = [
      ...blocksOf(oldest),
      ...this.#blocks.flatMap((block) => parts(block, before)),
    ];
    this.#rows += rows.length;
    this.#older += rows.length;
    for (const { data } of rows) this.#length += data.length;
    while (this.#isTooMuch()) this.#dropFirst();
    return rows.length;
  }

  addEvent(event: NewRow): void {
    this.#events++;
    this.#length += event.data.length;
    this.#add({ ...event, key: ++this.#keys });
  }

  /** Adds a note, unless the last row is the same note. */
  addNote(note: string): void {
    const last = this.#blocks.at(-1)?.rows.at(-1);
    if (last && "note" in last && last.note === note) return;
    this.#add({ key: ++this.#keys, note });
  }

  /** Removes all rows. */
  clear(): void {
    this.hasOldest = false;
    this.#blocks = [];
    this.#rows =
      this.#length =
      this.#events =
      this.#older =
      this.#dropped =
        0;
  }

  /** Forgets the measured heights, which change with the width. */
  forgetHeights(): void {
    for (const block of this.#blocks) block.height = undefined;
  }

  #add(row: Row): void {
    let block = this.#blocks.at(-1);
    if (!block || isBlockFull(block)) {
      this.#blocks.push(block = { rows: [], height: undefined });
    }
    block.rows.push(row);
    block.height = undefined;
    this.#rows++;
    while (this.#isTooMuch()) this.#dropFirst();
  }

  #isTooMuch(): boolean {
    const [first, next] = this.#blocks;
    return next !== undefined && (this.#length > MAX_LENGTH ||
      this.#rows - first!.rows.length >= MAX_ROWS);
  }

  #dropFirst(): void {
    const { rows } = this.#blocks.shift()!;
    this.#rows -= rows.length;
    for (const row of rows) {
      if ("note" in row) continue;
      this.#length -= row.data.length;
      this.#dropped++;
    }
  }
}

/** Splits a block to put older events before some of its rows. A block without such rows stays the same object. */
function parts(block: Block, before: Map<string, EventRow[]>): Block[] {
  const { rows } = block;
  const blocks: Block[] = [];
  let start = 0;
  rows.forEach((row, i) => {
    const older = "note" in row ? undefined : before.get(row.id);
    if (!older) return;
    blocks.push(...blocksOf(rows.slice(start, i)), ...blocksOf(older));
    start = i;
  });
  if (blocks.length === 0) return [block];
  return [...blocks, ...blocksOf(rows.slice(start))];
}
