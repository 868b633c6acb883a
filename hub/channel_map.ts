import { isPattern, patternsOf } from "../events/pattern.ts";

/** Most channels of a busy server have none: one array does for all. */
const NONE: readonly never[] = [];

/** Values by the names of channels and by patterns. */
export class ChannelMap<T> {
  readonly #values = new Map<string, T>();
  #patterns = 0;

  /** How many names and patterns there are. */
  get size(): number {
    return this.#values.size;
  }

  /** The names and patterns. */
  keys(): Iterable<string> {
    return this.#values.keys();
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    if (isPattern(key) && !this.#values.has(key)) this.#patterns++;
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key) && isPattern(key)) this.#patterns--;
  }

  /** The values of a channel's name and of the patterns that cover it. It looks patterns up only where there are any. */
  about(channel: string): readonly T[] {
    const own = this.#values.get(channel);
    if (this.#patterns === 0) return own === undefined ? NONE : [own];
    const found = own === undefined ? [] : [own];
    for (const pattern of patternsOf(channel)) {
      const value = this.#values.get(pattern);
      if (value !== undefined) found.push(value);
    }
    return found;
  }
}
