import { type EventId, isEventId } from "../../events/event_id.ts";
import { UnavailableError } from "../history.ts";
import type { TailBatch } from "../journal.ts";
import type { RedisConnection } from "./connection.ts";
import {
  type EventReader,
  type StreamReply,
  toEntries,
  toSafeId,
} from "./entries.ts";

/** How many entries to read at once: so few that they arrive in time though each may be as large as a message can be. */
const PAGE = 128;
/** How long Redis waits for an entry before it answers that there is none, in ms. A removed stream is noticed then. */
const BLOCK_MS = 1_000;

/** Follows a stream. Needs a connection of its own: a command that waits in Redis holds up all that are sent after it. */
export class RedisTail {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #reader: EventReader;
  /** The last entry read. */
  #last!: EventId;
  /** The last entry read whose id is of safe integers. It says how far the timeline has come. */
  #safe!: EventId;
  /** Where the timeline was joined. */
  #joined: EventId | undefined;

  constructor(connection: RedisConnection, key: string, reader: EventReader) {
    this.#connection = connection;
    this.#key = key;
    this.#reader = reader;
  }

  /** Yields batches, also empty ones now and then, until the connection is disposed of. */
  async *batches(): AsyncGenerator<TailBatch> {
    // The first reading of a connection does not wait for entries: clients that wait for Redis go on at once.
    let blocks = false;
    while (await this.#connection.ready()) {
      let batch: TailBatch;
      try {
        batch = this.#joined ? await this.#read(blocks) : await this.#join();
        blocks = true;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        this.#connection.drop(error);
        blocks = false;
        continue;
      }
      yield batch;
    }
  }

  async #join(): Promise<TailBatch> {
    const { newest } = await this.#connection.ask((client) =>
      client.bounds(this.#key)
    );
    return this.#joinAt(newest);
  }

  async #read(blocks: boolean): Promise<TailBatch> {
    // In this order. Entries are only ever removed from the oldest on: if the last entry read is still there after the
    // reading, nothing was missing after it, whatever else happened to the stream.
    const [reply, isHeld] = await this.#connection.ask((client) =>
      Promise.all([
        client.sendCommand<StreamReply>([
          ...["XREAD", "COUNT", `${PAGE}`],
          ...(blocks ? ["BLOCK", `${BLOCK_MS}`] : []),
          ...["STREAMS", this.#key, this.#last],
        ]),
        client.holds(this.#key, this.#last),
      ])
    );
    if (!isHeld) return await this.#goBack();
    const entries = toEntries(reply);
    this.#last = entries.at(-1)?.[0] ?? this.#last;
    this.#safe = entries.findLast(([id]) => isEventId(id))?.[0] ?? this.#safe;
    return { events: this.#reader.events(entries), last: this.#safe };
  }

  /** Goes on where the last entry read has been removed. */
  async #goBack(): Promise<TailBatch> {
    if (this.#last === this.#safe) return await this.#rejoin();
    // After the removal of an entry with too high an id, Redis gives new entries lower ids than that one had.
    this.#last = this.#safe;
    return { events: [], last: this.#safe };
  }

  async #rejoin(): Promise<TailBatch> {
    const [last, joined] = [this.#last, this.#joined!];
    const id = await this.#connection.ask((client) =>
      client.rejoin(this.#key, last, joined)
    );
    return { ...this.#joinAt(id), isReset: true };
  }

  #joinAt(id: EventId): TailBatch {
    this.#joined = this.#last = id;
    this.#safe = toSafeId(id);
    return { events: [], last: this.#safe };
  }
}
