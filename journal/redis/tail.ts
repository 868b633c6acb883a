import { type EventId, isEventId } from "../../events/event_id.ts";
import { UnavailableError } from "../history.ts";
import type { TailBatch } from "../journal.ts";
import type { RedisConnection } from "./connection.ts";
import { type EventReader, toSafeId, toStreamEntries } from "./entries.ts";
import { boundsCommand, holdsCommand, rejoinCommand } from "./scripts.ts";

/** How many entries are read at once: as many as may be as large as a message can be, and still arrive in time. */
const PAGE = 128;
/** How long Redis waits for an entry before it says that there is none, in ms. A stream that vanished is noticed then. */
const BLOCK_MS = 1_000;

/** Follows a stream over a connection of its own: what waits in Redis holds up all that is sent behind it. */
export class RedisTail {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #reader: EventReader;
  /** The last entry read. */
  #last!: EventId;
  /** The last entry read with an id that JavaScript can count with: as far as the timeline has come. */
  #safe!: EventId;
  /** Where the timeline was joined. */
  #joined: EventId | undefined;

  constructor(connection: RedisConnection, key: string, reader: EventReader) {
    this.#connection = connection;
    this.#key = key;
    this.#reader = reader;
  }

  /** Yields what comes, also when that is nothing, until the connection is disposed of. */
  async *batches(): AsyncGenerator<TailBatch> {
    // Whoever waits for Redis is told at once that it is back.
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
    const [bounds] = await this.#connection.send(boundsCommand(this.#key));
    const [, newest] = bounds as [EventId, EventId];
    this.#joined = this.#last = newest;
    this.#safe = toSafeId(newest);
    return { events: [], last: this.#safe };
  }

  async #read(blocks: boolean): Promise<TailBatch> {
    // Entries go from the stream's beginning only. Whatever becomes of the stream: while the last entry read is still
    // there after the reading, nothing was missing behind it.
    const [reply, isHeld] = await this.#connection.send(
      [
        ...["XREAD", "COUNT", `${PAGE}`],
        ...(blocks ? ["BLOCK", `${BLOCK_MS}`] : []),
        ...["STREAMS", this.#key, this.#last],
      ],
      holdsCommand(this.#key, this.#last),
    );
    if (!isHeld) return await this.#goBack();
    const entries = toStreamEntries(reply);
    this.#last = entries.at(-1)?.[0] ?? this.#last;
    this.#safe = entries.findLast(([id]) => isEventId(id))?.[0] ?? this.#safe;
    return { events: this.#reader.events(entries), last: this.#safe };
  }

  /** Goes on where the last entry read is gone. */
  async #goBack(): Promise<TailBatch> {
    if (this.#last === this.#safe) return await this.#rejoin();
    // Once an entry with too high an id is removed, others get ids that are lower than that.
    this.#last = this.#safe;
    return { events: [], last: this.#safe };
  }

  async #rejoin(): Promise<TailBatch> {
    const [id] = await this.#connection.send(
      rejoinCommand(this.#key, this.#last, this.#joined!),
    );
    this.#joined = this.#last = id as EventId;
    this.#safe = toSafeId(this.#last);
    return { events: [], last: this.#safe, isReset: true };
  }
}
