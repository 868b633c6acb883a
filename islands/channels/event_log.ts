/** An event that came. */
export interface EventRow {
  /** Unlike any other row's. */
  key: number;
  id: string;
  channel: string;
  type: string;
  data: string;
  /** Whether all of its data is to be shown, however long. */
  isOpen?: boolean;
}

/** An event that has no place yet. */
export type NewRow = Omit<EventRow, "key">;

/** What is said among the events of the stream itself. */
export interface NoteRow {
  key: number;
  note: string;
}

export type Row = EventRow | NoteRow;

/** Rows that are shown, or not, together. */
export interface Block {
  rows: Row[];
  /** As it was last seen, in px. */
  height: number | undefined;
}

/** How many rows are kept, at least. */
export const MAX_ROWS = 10_000;
/** How many UTF-16 units of data are kept at most, however few the events: a page has to fit into memory, too. */
const MAX_LENGTH = 64 * 1024 * 1024;
const BLOCK_ROWS = 25;

/** The last events, and which of them to show: ten thousand elements at once would be more than a page can carry. */
export class EventLog {
  #blocks: Block[] = [];
  #rows = 0;
  #length = 0;
  #keys = 0;
  #events = 0;
  #older = 0;

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** How many rows are kept. */
  get rows(): number {
    return this.#rows;
  }

  /** How many events came at the end, those included that are kept no more. */
  get events(): number {
    return this.#events;
  }

  /** How many events were added as older ones. */
  get older(): number {
    return this.#older;
  }

  /** How many events there are of the channel that has most. */
  get mostOfOne(): number {
    const counts = new Map<string, number>();
    for (const row of this.#blocks.flatMap(({ rows }) => rows)) {
      if ("note" in row) continue;
      counts.set(row.channel, (counts.get(row.channel) ?? 0) + 1);
    }
    return Math.max(0, ...counts.values());
  }

  /**
   * Puts in the events that are missing among those from an earlier place to the newest one.
   *
   * @param events In their order. Where one is here already, those before it have their place before it.
   * @returns How many were put in.
   */
  addOlder(events: readonly NewRow[]): number {
    const known = new Set(
      this.#blocks.flatMap(({ rows }) => rows)
        .map((row) => "note" in row ? undefined : row.id),
    );
    const before = new Map<string, EventRow[]>();
    let missing: EventRow[] = [];
    for (const event of events) {
      if (!known.has(event.id)) missing.push({ ...event, key: ++this.#keys });
      else {
        if (missing.length > 0) before.set(event.id, missing);
        missing = [];
      }
    }
    this.#blocks = this.#blocks.flatMap((block) => parts(block, before));
    const rows = [...before.values()].flat();
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

  /** Says something once, however often it holds. */
  addNote(note: string): void {
    const last = this.#blocks.at(-1)?.rows.at(-1);
    if (last && "note" in last && last.note === note) return;
    this.#add({ key: ++this.#keys, note });
  }

  /** Begins anew. */
  clear(): void {
    this.#blocks = [];
    this.#rows =
      this.#length =
      this.#events =
      this.#older =
        0;
  }

  /** Forgets how high the blocks were, as they are no more at another width. */
  forgetHeights(): void {
    for (const block of this.#blocks) block.height = undefined;
  }

  #add(row: Row): void {
    let block = this.#blocks.at(-1);
    if (!block || block.rows.length === BLOCK_ROWS) {
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
    for (const row of rows) if ("data" in row) this.#length -= row.data.length;
  }
}

/** The block with what belongs before some of its rows, as blocks. One that need not be parted stays what it is. */
function parts(block: Block, before: Map<string, EventRow[]>): Block[] {
  const { rows } = block;
  const blocks: Block[] = [];
  let start = 0;
  const take = (rows: Row[]) => {
    for (let i = 0; i < rows.length; i += BLOCK_ROWS) {
      blocks.push({ rows: rows.slice(i, i + BLOCK_ROWS), height: undefined });
    }
  };
  rows.forEach((row, i) => {
    const older = "note" in row ? undefined : before.get(row.id);
    if (!older) return;
    let end = i;
    // What was said then belongs to what came then.
    while (end > start && "note" in rows[end - 1]!) end--;
    take(rows.slice(start, end));
    take(older);
    start = end;
  });
  if (start === 0) return [...blocks, block];
  take(rows.slice(start));
  return blocks;
}
