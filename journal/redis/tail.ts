import {
  epochOf,
  type EventId,
  ORIGIN,
  placeOf,
} from "../../events/event_id.ts";
import { UnavailableError } from "../history.ts";
import type { TailBatch } from "../journal.ts";
import type { TimelineRecord } from "../note.ts";
import type { RedisConnection } from "./connection.ts";
import type { RedisKeys } from "./keys.ts";
import { placeArguments } from "./places.ts";
import { idOf, type RecordReader } from "./records.ts";
import type { TailPage } from "./scripts.ts";

/** How much to read at once, in bytes, or one record. */
const PAGE_BYTES = 1024 * 1024;
/** How long Redis waits for a record before it answers that there is none, in ms. A removed journal is noticed then. */
const BLOCK_MS = 1_000;

/** Dependencies of a {@linkcode RedisTail}. */
export interface RedisTailOptions {
  /** Its own: a command that waits in Redis holds up all that are sent after it. */
  connection: RedisConnection;
  keys: RedisKeys;
  reader: RecordReader;
  /** Begins a journal where there is none. Whether there is one then. */
  begin: () => Promise<boolean>;
  /** Mends a window that others have changed. */
  repair: () => Promise<unknown>;
}

/** Follows the window. */
export class RedisTail {
  readonly #options: RedisTailOptions;
  /** The last id read; nothing before the tail has joined. */
  #last: EventId | undefined;
  /** The running number and bytes up to there. */
  #at = { seq: "0", sum: "0" };
  #hasMore = false;

  constructor(options: RedisTailOptions) {
    this.#options = options;
  }

  /** Yields batches, also empty ones now and then, until the connection is disposed of. */
  async *batches(): AsyncGenerator<TailBatch> {
    const { connection } = this.#options;
    // The first reading of a connection does not wait for records: clients that wait for Redis go on at once.
    let waits = false;
    while (await connection.ready()) {
      let batch: TailBatch;
      try {
        batch = await this.#read(waits);
        waits = !this.#hasMore;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        connection.drop(error);
        waits = false;
        continue;
      }
      yield batch;
    }
  }

  /** @param waits Whether to wait for a record first. */
  async #read(waits: boolean): Promise<TailBatch> {
    const { connection, keys, begin, repair } = this.#options;
    const last = this.#last ?? ORIGIN;
    const [, page] = await connection.ask((client) =>
      Promise.all([
        // A bell: what it brings may be large, and proves nothing.
        waits && client.sendCommand([
          ...["XREAD", "COUNT", "1", "BLOCK", `${BLOCK_MS}`],
          ...["STREAMS", keys.window, placeOf(last)],
        ]),
        client.readTail([keys.state, keys.window], [
          ...[...placeArguments(last), epochOf(last)],
          ...[this.#at.seq, this.#at.sum, `${PAGE_BYTES}`],
        ]),
      ])
    );
    if (page.kind === "none" && await begin()) return await this.#read(false);
    this.#hasMore = page.hasMore;
    if (page.kind === "found") return this.#goOn(page);
    if (page.kind === "damaged") await repair();
    return this.#goTo(page);
  }

  #goOn({ items, seq, sum }: TailPage): TailBatch {
    const { reader } = this.#options;
    const records: TimelineRecord[] = [];
    for (let i = 0; i < items.length; i += 3) {
      const [head, channel, data] = items.slice(i, i + 3);
      const record = reader.read(head!, channel!, data!);
      if (record) records.push(record);
      this.#last = idOf(head!) ?? this.#last;
    }
    this.#at = { seq, sum };
    return { records, last: this.#last! };
  }

  /** Goes on elsewhere than where the last batch ended. */
  #goTo({ kind, last, seq, sum }: TailPage): TailBatch {
    const before = this.#last;
    const isSkip = kind === "skip" || kind === "damaged";
    this.#last = last;
    this.#at = { seq, sum };
    const hasMoved = before !== undefined && before !== last;
    return {
      records: [],
      last: this.#last,
      ...(hasMoved && { gap: isSkip ? "skip" : "reset" }),
    };
  }
}
