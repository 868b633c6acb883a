import { Kept } from "./kept.ts";
import type { Memory } from "./memory.ts";
import type { Missing, Page, PageQuery, PageReader } from "./page_reader.ts";

/** How much memory the pages may take, in bytes: an hour of the clock in a hundred zones. */
const MAX_BYTES = 32 * 1024 * 1024;
/** What a page takes besides its bytes. */
const PAGE_OVERHEAD = 512;

/** A page that was read, or is being read. */
class KeptPage extends Kept {
  readonly answer: Promise<Page | Missing>;
  readonly askedMs: number = performance.now();
  /** The answer, once it is there. */
  page: Page | undefined;
  readonly #onLetGo: () => void;

  constructor(answer: Promise<Page | Missing>, onLetGo: () => void) {
    super();
    this.answer = answer;
    this.#onLetGo = onLetGo;
  }

  letGo(): void {
    this.#onLetGo();
  }
}

/** Dependencies and options of {@linkcode Pages}. */
export interface PagesOptions {
  readonly reader: PageReader;
  readonly memory: Memory;
  /** How long a page is kept, in ms. */
  readonly lifetimeMs: number;
}

/**
 * Pages that were read for one reader, kept for the others of its audience that come to the same place: they share one
 * reading, and its bytes.
 */
export class Pages {
  readonly #reader: PageReader;
  readonly #memory: Memory;
  readonly #lifetimeMs: number;
  /** Oldest first. */
  readonly #kept = new Map<string, KeptPage>();
  #bytes = 0;

  constructor({ reader, memory, lifetimeMs }: PagesOptions) {
    this.#reader = reader;
    this.#memory = memory;
    this.#lifetimeMs = lifetimeMs;
  }

  /** The page, if it is kept or being read. */
  find(query: PageQuery): Promise<Page | Missing> | undefined {
    this.expire();
    const kept = this.#kept.get(keyOf(query));
    if (!kept) return undefined;
    const { answer, page } = kept;
    // What has come after the end of everything belongs to the page, too.
    const isOld = page?.isComplete && page.end !== query.upTo.id;
    return isOld ? undefined : answer;
  }

  /** Reads the page, see {@linkcode PageReader}. */
  read(query: PageQuery): Promise<Page | Missing> {
    const key = keyOf(query);
    this.#remove(key);
    const answer = this.#reader.read(query);
    const kept = new KeptPage(answer, () => this.#forget(key));
    this.#kept.set(key, kept);
    answer.then(
      (page) => this.#keep(key, kept, page),
      () => this.#keep(key, kept, undefined),
    );
    return answer;
  }

  /** Lets go of the pages that are too old. */
  expire(): void {
    const oldestMs = performance.now() - this.#lifetimeMs;
    for (const [key, { askedMs }] of this.#kept) {
      if (askedMs >= oldestMs) return;
      this.#remove(key);
    }
  }

  /** Lets go of all pages: another timeline has begun. */
  clear(): void {
    for (const key of this.#kept.keys()) this.#remove(key);
  }

  /** @param page The answer; nothing where the reading failed. */
  #keep(key: string, kept: KeptPage, page: Page | Missing | undefined): void {
    if (this.#kept.get(key) !== kept) return;
    if (!page || "kind" in page) {
      this.#kept.delete(key);
      return;
    }
    kept.page = page;
    this.#bytes += costOf(page);
    this.#memory.hold(page.bytes);
    this.#memory.keep(kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    if (kept.page) this.#memory.drop(kept);
    this.#forget(key);
  }

  /** Forgets a page that the memory does not keep. */
  #forget(key: string): void {
    const { page } = this.#kept.get(key)!;
    this.#kept.delete(key);
    if (!page) return;
    this.#bytes -= costOf(page);
    this.#memory.release(page.bytes);
  }
}

function keyOf({ audience, from, upTo }: PageQuery): string {
  const { key } = audience.selection;
  switch (from.kind) {
    case "after":
      return `${key} ${from.id} ${from.unproved ?? ""}`;
    case "since":
      return `${key} since ${from.ms} ${upTo.id}`;
    case "earliest":
      return `${key} earliest ${upTo.id}`;
  }
}

function costOf({ bytes }: Page): number {
  return bytes.length + PAGE_OVERHEAD;
}
