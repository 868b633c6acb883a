import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type EventId,
  eventId,
  eventIdMs,
  nextPlace,
  type Place,
} from "../../events/event_id.ts";
import type { Message } from "../../events/message.ts";
import type { Entry, Published } from "../journal.ts";
import type { Note } from "../note.ts";
import { recordBytes } from "../record_bytes.ts";
import type { StoreClock } from "../store_clock.ts";
import type { Draft } from "./draft.ts";
import type { SqliteKeys } from "./keys.ts";
import { parts, RECORD_OVERHEAD } from "./rows.ts";

const encoder = new TextEncoder();

/** Gives entries their places, and inserts their records. */
export class Appender {
  readonly #clock: StoreClock;
  readonly #keys: SqliteKeys;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync, clock: StoreClock, keys: SqliteKeys) {
    this.#clock = clock;
    this.#keys = keys;
    this.#insert = database.prepare(
      "INSERT INTO event (ms, n, channel, at, note, bytes, type, fields, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#delete = database.prepare("DELETE FROM event WHERE ms = ? AND n = ?");
  }

  /**
   * Appends a batch.
   *
   * @throws {KeyConflictError} A key is known, with another hash. Nothing was changed.
   */
  append(draft: Draft, entries: readonly Entry[]): Published {
    const uses = this.#keys.check(entries);
    const { length } = draft.records;
    const ids = entries.map((entry) => {
      if ("note" in entry) return this.#add(draft, entry);
      const { key, ...message } = entry;
      const use = key && uses.get(key.name);
      if (use?.id) return use.id;
      const id = this.#add(draft, message);
      if (use) {
        use.id = id;
        this.#keys.add(draft, key, id, entry.channel);
      }
      return id;
    });
    return { ids, count: draft.records.length - length };
  }

  /** Writes so much data as an event of no channel, and removes it again. */
  probe(last: Place, bytes: number): void {
    const [ms, n] = parts(nextPlace(last));
    const data = new Uint8Array(bytes);
    this.#insert.run(ms, n, "", null, null, 0, null, null, data);
    this.#delete.run(ms, n);
  }

  #add(draft: Draft, record: Message | Note): EventId {
    const place = nextPlace(draft.last, this.#clock.nowMs);
    const id = eventId(place, draft.epochs.current);
    draft.last = place;
    draft.records.push({ ...record, id });
    // What is about no channel is not read, and so not kept.
    if (record.channel !== undefined) this.#keep(draft, record, place);
    return id;
  }

  #keep(draft: Draft, record: Message | Note, place: Place): void {
    const { nowMs: at } = this.#clock;
    const bytes = recordBytes(record, RECORD_OVERHEAD);
    const isNote = "note" in record;
    const data = isNote ? record.payload : record.data;
    this.#insert.run(
      ...parts(place),
      record.channel!,
      at === eventIdMs(place) ? null : at,
      isNote ? record.note : null,
      bytes,
      isNote ? null : record.type ?? null,
      isNote || !record.fields ? null : JSON.stringify(record.fields),
      data === undefined ? null : encoder.encode(data),
    );
    const channel = draft.channels.change(record.channel!);
    if (isNote) channel.notes++;
    else channel.events++;
    channel.bytes += bytes;
    draft.bytes += bytes;
    if (draft.oldestMs === Infinity) draft.oldestMs = at;
  }
}
