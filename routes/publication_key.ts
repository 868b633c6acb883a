import { digestOf } from "../access/token.ts";
import type { Keyed } from "../journal/journal.ts";

/** A message, and the channels that it goes to. */
export interface Part {
  readonly data: string;
  readonly type: string | undefined;
  readonly channels: readonly string[];
}

/**
 * A client's key for a message, or for several. It counts for one publisher and one set of channels. What it stands for in
 * the journal are hashes: they take little room, and no two scopes meet.
 */
export class PublicationKey {
  readonly #scope: string;
  readonly #hash: string;

  /**
   * @param publisher Whose key it is, see {@linkcode publisherOf}.
   * @param parts All that it is for. With any other payload it conflicts.
   */
  constructor(
    publisher: readonly string[],
    key: string,
    parts: readonly Part[],
  ) {
    const channels = sorted(parts.flatMap(({ channels }) => channels));
    this.#scope = hashOf([publisher, channels, key]);
    this.#hash = hashOf(
      parts.map(({ data, type = null, channels }) => [
        ...[sorted(channels), type, data],
      ]),
    );
  }

  /**
   * The key of one event.
   *
   * @param index The index of its part.
   */
  of(index: number, channel: string): Keyed {
    return {
      name: hashOf([this.#scope, index, channel]),
      hash: this.#hash,
    };
  }
}

/** The channels in an order of their own: clients may name them in any. */
function sorted(channels: readonly string[]): string[] {
  return [...new Set(channels)].sort();
}

function hashOf(value: unknown): string {
  return digestOf(JSON.stringify(value));
}
