import { MAX_CHANNELS } from "../events/check_channels.ts";
import { InputError } from "../events/input_error.ts";
import type { Message } from "../events/message.ts";
import type { KeyConflictError, Keyed } from "../journal/journal.ts";
import type { Line } from "./ndjson.ts";
import { type Part, PublicationKey } from "./publication_key.ts";

/** A message, perhaps with its key in the journal. */
export type Publishable = Message & { key?: Keyed };

/** What a request publishes. */
export interface PublicationOptions {
  readonly lines: readonly Line[];
  /** Where lines go that name no channel. */
  readonly channels: readonly string[];
  /** The type of lines that have none. */
  readonly type: string | undefined;
  /** The key of all lines together. */
  readonly key: string | undefined;
}

/** The messages of a publish. */
export class Publication {
  /** The channels that lines name. */
  readonly named: readonly string[];
  readonly #parts: readonly Part[];
  readonly #lines: readonly Line[];
  readonly #key: string | undefined;

  /**
   * @throws {InputError} where a line goes nowhere, or has a key of its own besides the common one, and for too many
   * channels.
   */
  constructor({ lines, channels, type, key }: PublicationOptions) {
    this.#lines = lines;
    this.#key = key;
    this.#parts = lines.map((line, i) => {
      const own = line.channel === undefined ? channels : [line.channel];
      if (own.length === 0) {
        throw refuse(i, "it must name its channel, as the request names none");
      }
      if (key !== undefined && line.key !== undefined) {
        throw refuse(i, "it must have no key, as there is an Idempotency-Key");
      }
      return { data: line.data, type: line.type ?? type, channels: own };
    });
    const named = lines.flatMap(({ channel }) => channel ?? []);
    this.named = [...new Set(named)];
    if (this.named.length <= MAX_CHANNELS) return;
    throw new InputError(
      `Cannot publish to ${this.named.length} channels at once: lines must name ${MAX_CHANNELS} at most`,
    );
  }

  /**
   * The events, in the order of the lines, and of each line one for each of its channels.
   *
   * @param publisher Whose keys they have, see {@linkcode publisherOf}.
   */
  entries(publisher: readonly string[]): Publishable[] {
    const common = this.#key === undefined
      ? undefined
      : new PublicationKey(publisher, this.#key, this.#parts);
    return this.#parts.flatMap((part, i) => {
      const { key: own } = this.#lines[i]!;
      const key = own === undefined
        ? common
        : new PublicationKey(publisher, own, [part]);
      const { data, type } = part;
      return part.channels.map((channel) => ({
        ...{ channel, data },
        ...type !== undefined && { type },
        // A line's own key is the same in whatever line it comes.
        ...key && { key: key.of(own === undefined ? i : 0, channel) },
      }));
    });
  }

  /** Says which key was used before. */
  describeConflict(
    { keyName }: KeyConflictError,
    entries: readonly Publishable[],
  ): string {
    const what = this.#key === undefined
      ? this.#lineOf(entries.findLastIndex(({ key }) => key?.name === keyName))
      : `with Idempotency-Key ${JSON.stringify(this.#key)}`;
    return `Cannot publish ${what}: it was used for another message`;
  }

  /** What the line of an event is called, and its key. */
  #lineOf(index: number): string {
    let line = 0;
    for (let left = index; left >= this.#parts[line]!.channels.length; line++) {
      left -= this.#parts[line]!.channels.length;
    }
    const { key } = this.#lines[line]!;
    return `line ${line + 1} with key ${JSON.stringify(key)}`;
  }
}

function refuse(index: number, rule: string): InputError {
  return new InputError(`Cannot publish line ${index + 1}: ${rule}`);
}
