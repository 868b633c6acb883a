import type { TimelineRecord } from "../note.ts";

/** A record that is held, in the list of all that are. */
export interface Held<T extends TimelineRecord = TimelineRecord> {
  readonly record: T;
  /** What the clock said when it was appended, in ms since 1970. */
  readonly atMs: number;
  readonly bytes: number;
  older: Held | undefined;
  newer: Held | undefined;
}

/** All records that are held, in order. Any of them is taken out in constant time. */
export class HeldList {
  #oldest: Held | undefined;
  #newest: Held | undefined;
  #bytes = 0;

  get oldest(): Held | undefined {
    return this.#oldest;
  }

  /** The size of all of them, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the newest record. */
  add<T extends TimelineRecord>(
    { record, atMs, bytes }: Pick<Held<T>, "record" | "atMs" | "bytes">,
  ): Held<T> {
    const older = this.#newest;
    const held: Held<T> = { record, atMs, bytes, older, newer: undefined };
    if (older) older.newer = held;
    else this.#oldest = held;
    this.#newest = held;
    this.#bytes += bytes;
    return held;
  }

  remove({ older, newer, bytes }: Held): void {
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    this.#bytes -= bytes;
  }
}
