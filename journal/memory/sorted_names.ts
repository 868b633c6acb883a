import { firstIndex } from "../first_index.ts";

/** How many names a block holds at most: moving as many takes less time than finding their place. */
const MAX_BLOCK = 512;

/** Distinct names in the order of their characters. Adding, removing and finding one takes about as long beside a million. */
export class SortedNames {
  /** None is empty, but for a first one. */
  readonly #blocks: string[][] = [[]];

  /** Adds a name that is not there. */
  add(name: string): void {
    const at = this.#blockOf(name);
    const block = this.#blocks[at]!;
    block.splice(indexOf(block, name), 0, name);
    if (block.length > MAX_BLOCK) {
      this.#blocks.splice(at + 1, 0, block.splice(MAX_BLOCK / 2));
    }
  }

  /** Removes a name that is there. */
  delete(name: string): void {
    const at = this.#blockOf(name);
    const block = this.#blocks[at]!;
    block.splice(indexOf(block, name), 1);
    if (block.length === 0 && this.#blocks.length > 1) {
      this.#blocks.splice(at, 1);
    }
  }

  /** The names that begin with a stem, in order. */
  *startingWith(stem: string): Generator<string> {
    let at = this.#blockOf(stem);
    let index = indexOf(this.#blocks[at]!, stem);
    for (; at < this.#blocks.length; at++, index = 0) {
      const block = this.#blocks[at]!;
      for (; index < block.length; index++) {
        if (!block[index]!.startsWith(stem)) return;
        yield block[index]!;
      }
    }
  }

  /** The block where a name is, or would be. */
  #blockOf(name: string): number {
    return Math.max(
      0,
      firstIndex(this.#blocks.length, (i) => this.#blocks[i]![0]! > name) - 1,
    );
  }
}

/** The index of a name, or of the first one after it. */
function indexOf(block: readonly string[], name: string): number {
  return firstIndex(block.length, (i) => block[i]! >= name);
}
