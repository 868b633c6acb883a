import type { EventId } from "../../events/event_id.ts";
import type { Message } from "../../events/message.ts";
import type { Retention } from "../journal.ts";
import { appendArguments } from "./append_script.ts";
import type { RedisConnection } from "./connection.ts";
import { RedisError } from "./error.ts";
import type { RedisHealth } from "./health.ts";

/** How often what is too old is removed, in ms. */
const EXPIRY_MS = 60_000;

/** Dependencies of a {@linkcode RedisWriter}. */
export interface RedisWriterOptions {
  connection: RedisConnection;
  /** The stream's key. */
  key: string;
  retention: Retention;
  /** Takes note of what Redis refuses, and knows what it refuses for now. */
  health: RedisHealth;
}

/** Appends events to a stream, and removes what exceeds the retention. */
export class RedisWriter {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #retention: Retention;
  readonly #health: RedisHealth;
  readonly #pending = new Set<Promise<unknown>>();
  #expiredMs = -Infinity;

  constructor({ connection, key, retention, health }: RedisWriterOptions) {
    this.#connection = connection;
    this.#key = key;
    this.#retention = retention;
    this.#health = health;
  }

  /** Appends messages, all or none, see {@linkcode RedisJournal.append}. */
  async append(messages: readonly Message[]): Promise<EventId[]> {
    if (this.#health.refusal) throw this.#health.refusal;
    const expires = this.#isExpiryDue();
    if (expires) this.#expiredMs = performance.now();
    const args = appendArguments(messages, this.#retention, expires);
    const appended = this.#connection.ask((client) =>
      client.append(this.#key, args)
    );
    this.#pending.add(appended);
    try {
      const ids = await appended;
      if (ids.length > 0) this.#health.noteAppend();
      return ids;
    } catch (error) {
      // A connection that is lost reports that itself.
      const isRefused = error instanceof RedisError && error.code !== "";
      if (isRefused && this.#connection.isReady) this.#health.note(error);
      throw error;
    } finally {
      this.#pending.delete(appended);
    }
  }

  /** Removes what is too old, once a minute. `append` notes a failure, and the next try is a minute later. */
  async expire(): Promise<void> {
    if (!this.#isExpiryDue()) return;
    await this.append([]).catch(() => {});
  }

  /** Resolves once all appends are answered. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  #isExpiryDue(): boolean {
    return performance.now() - this.#expiredMs >= EXPIRY_MS;
  }
}
