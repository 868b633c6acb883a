/** An event that came. */
export interface EventRow {
  /** Counts up. */
  key: number;
  id: string;
  channel: string;
  type: string;
  data: string;
  /** Whether all of its data is to be shown, however long. */
  isOpen?: boolean;
}

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
/** Stands for the height of a row that was never seen, in px. */
const ROW_HEIGHT = 40;

/** The last events, and which of them to show: ten thousand elements at once would be more than a page can carry. */
export class EventLog {
  #blocks: Block[] = [];
  #rows = 0;
  #length = 0;
  #keys = 0;
  #events = 0;

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** How many rows are kept. */
  get rows(): number {
    return this.#rows;
  }

  /** How many events came, those included that are kept no more. */
  get events(): number {
    return this.#events;
  }

  addEvent(event: Omit<EventRow, "key">): void {
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
    this.#rows = this.#length = this.#events = 0;
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

/** A part of the blocks, and how much room those before and after it take, in px. */
export interface Span {
  from: number;
  to: number;
  before: number;
  after: number;
}

/** The height of all blocks, in px. */
export function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + heightOfOne(block), 0);
}

/** The blocks that reach into what lies between two heights, in px from the first one's top. */
export function span(
  blocks: readonly Block[],
  top: number,
  bottom: number,
): Span {
  let end = 0;
  let before = 0;
  let after = 0;
  let from = 0;
  let to = 0;
  blocks.forEach((block, i) => {
    const start = end;
    end += heightOfOne(block);
    if (end <= top) {
      from = to = i + 1;
      before = end;
    } else if (start < bottom) to = i + 1;
    else after += end - start;
  });
  return { from, to, before, after };
}

function heightOfOne({ rows, height }: Block): number {
  return height ?? rows.length * ROW_HEIGHT;
}
