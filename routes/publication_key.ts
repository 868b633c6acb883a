import { digestOf } from "../access/token.ts";
import type { Keyed } from "../journal/journal.ts";

/** From what length on a scope is hashed: a journal keeps many of them, and a hash takes some µs. */
const MAX_SCOPE_LENGTH = 256;

/** A message, and the channels that it goes to. */
export interface Part {
  readonly data: string;
  readonly type: string | undefined;
  readonly channels: readonly string[];
}

/**
 * A client's key for a message, or for several. It counts for one publisher and one set of channels.
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
    const scope = [...publisher, channels, key].map(measured).join("");
    // A hash has no colon, so no two scopes meet.
    this.#scope = scope.length > MAX_SCOPE_LENGTH ? digestOf(scope) : scope;
    this.#hash = digestOf(parts.map(toText).join(""));
  }

  /**
   * The key of one event.
   *
   * @param index The index of its part.
   */
  of(index: number, channel: string): Keyed {
    return { name: `${this.#scope} ${index} ${channel}`, hash: this.#hash };
  }
}

/** The channels in an order of their own: clients may name them in any. */
function sorted(channels: readonly string[]): string {
  if (channels.length === 1) return channels[0]!;
  return [...new Set(channels)].sort().join(",");
}

function toText({ data, type, channels }: Part): string {
  const kind = type === undefined ? "" : measured(type);
  return `${measured(sorted(channels))}${kind};${measured(data)}`;
}

/** A text that says where it ends, so that no others make the same together. `JSON.stringify` takes longer. */
function measured(text: string): string {
  return `${text.length}:${text}`;
}
