import {
  epochOf,
  type EventId,
  eventId,
  eventIdMs,
  eventIdN,
} from "../../events/event_id.ts";
import { drawEpoch } from "../epochs.ts";
import {
  type Entry,
  KeyConflictError,
  type Published,
  type Retention,
} from "../journal.ts";
import { appendArguments, type AppendOptions } from "./append_arguments.ts";
import type { Ask, RedisConnection } from "./connection.ts";
import { RedisError } from "./error.ts";
import type { RedisHealth } from "./health.ts";
import type { RedisKeys } from "./keys.ts";
import type { RedisLife } from "./life.ts";
import type { RedisRetention } from "./retention.ts";
import type { Appended } from "./scripts.ts";

/** Dependencies of a {@linkcode RedisWriter}. */
export interface RedisWriterOptions {
  connection: RedisConnection;
  keys: RedisKeys;
  retention: Retention;
  life: RedisLife;
  /** Lets go of what all records together have too much. */
  remover: RedisRetention;
  /** Takes note of what Redis refuses, and knows what it refuses for now. */
  health: RedisHealth;
}

/** Appends records, and has what exceeds the retention let go. */
export class RedisWriter {
  readonly #options: RedisWriterOptions;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(options: RedisWriterOptions) {
    this.#options = options;
  }

  /** Appends entries, all or none, see {@linkcode RedisJournal.append}. */
  async append(entries: readonly Entry[]): Promise<Published> {
    const { health, remover } = this.#options;
    if (health.refusal) throw health.refusal;
    const { first, known, oldest } = await this.#track(this.#send(entries));
    health.noteAppend();
    if (oldest.length > 0) {
      // Not awaited: the events are there, whatever becomes of older ones.
      this.#track(remover.letGo(oldest)).catch(() => {});
    }
    // Of each that is known, its number and its id.
    const count = entries.length - known.length / 2;
    return { ids: idsOf(entries, first, known), count };
  }

  /**
   * Begins a journal where there is none, on a new connection. Where each connection is a life of its own, it begins an
   * epoch in any case.
   *
   * @throws {RedisError} Redis refuses, or the connection was lost.
   */
  async begin(ask: Ask): Promise<void> {
    const { keys, life } = this.#options;
    const { firstMode } = life;
    await ask((client) => client.begin(keys.all, [firstMode, drawEpoch()]));
  }

  /** Resolves once all appends are answered. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  async #send(entries: readonly Entry[]): Promise<Appended> {
    const { connection } = this.#options;
    const append = () =>
      connection.ask((client) =>
        client.append(...appendArguments(entries, this.#appendOptions()))
      );
    try {
      return await append().catch(async (error) => {
        if (!(error instanceof RedisError) || error.code !== "NONE") {
          throw error;
        }
        // All was removed.
        await this.begin((question) => connection.ask(question));
        return await append();
      });
    } catch (error) {
      if (error instanceof RedisError) throw this.#errorOf(error, entries);
      throw error;
    }
  }

  #appendOptions(): AppendOptions {
    const { keys, retention, life: { mode } } = this.#options;
    // Of each append its own: none is ever used twice, whatever became of the answer.
    return { keys, retention, mode, epoch: drawEpoch() };
  }

  /** Makes the error to throw, and takes note of it. */
  #errorOf(error: RedisError, entries: readonly Entry[]): Error {
    const { connection, health, life } = this.#options;
    if (error.code === "KEYCONFLICT") {
      const entry = entries[Number(error.reason.split(" ")[1]) - 1];
      return new KeyConflictError(
        entry && "key" in entry && entry.key?.name || "",
      );
    }
    // A connection that is lost reports that itself.
    if (error.code === "" || !connection.isReady) return error;
    health.note(error);
    // A connection may outlive what it was made for: what Redis holds was replaced, or it has become a replica.
    const isOver = error.code === "MIGRATE" ||
      error.code === "READONLY" && life.isByConnection;
    if (isOver) connection.drop(error);
    return error;
  }

  async #track<T>(promise: Promise<T>): Promise<T> {
    this.#pending.add(promise);
    try {
      return await promise;
    } finally {
      this.#pending.delete(promise);
    }
  }
}

/** The ids of entries, of which some were known. */
function idsOf(
  entries: readonly Entry[],
  first: EventId,
  known: readonly string[],
): EventId[] {
  const knownIds = new Map<number, EventId>();
  for (let i = 0; i < known.length; i += 2) {
    knownIds.set(Number(known[i]), known[i + 1] as EventId);
  }
  const [ms, epoch] = [eventIdMs(first), epochOf(first)];
  let n = eventIdN(first);
  return entries.map((_, i) =>
    knownIds.get(i + 1) ?? eventId(`${ms}-${n++}`, epoch)
  );
}
