import { firstIndex } from "./first_index.ts";

/** A list that grows at its end and shrinks at its beginning, both in constant time on average. */
export class Deque<T> {
  #items: T[] = [];
  /** Where the list begins in the array. The places before it are removed later, many at once. */
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  at(index: number): T | undefined {
    return this.#items[this.#first + index];
  }

  /** The items from `start` up to, but not including, `end`. */
  slice(start: number, end: number): T[] {
    return this.#items.slice(this.#first + start, this.#first + end);
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#first];
    // So that the item can be collected now. Its place may stay for long.
    this.#items[this.#first++] = undefined as T;
    if (this.#first > this.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }

  /**
   * Finds the first item that matches, by binary search.
   *
   * @param matches Must hold for every item after one for which it holds.
   * @returns Its index, or the length where no item matches.
   */
  firstIndex(matches: (item: T) => boolean): number {
    return firstIndex(
      this.length,
      (index) => matches(this.#items[this.#first + index]!),
    );
  }
}
