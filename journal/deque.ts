/** A list that grows at its end and shrinks at its beginning, both in constant time on average. */
export class Deque<T> {
  #items: T[] = [];
  /** Where the list begins; what lies before awaits compaction. */
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  at(index: number): T | undefined {
    return this.#items[this.#first + index];
  }

  /** The items from one index up to, and without, another. */
  slice(start: number, end: number): T[] {
    return this.#items.slice(this.#first + start, this.#first + end);
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#first];
    // What is gone is let go of now, however long the compaction takes to come.
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

  /** The index of the first item behind a place, in a list in which no item before one behind it is behind it. */
  indexBehind(isBehind: (item: T) => boolean): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(this.#items[this.#first + middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
