import type { Retention } from "../journal.ts";
import { KEY_LIFETIME_MS } from "../keyed_store.ts";
import type { RedisConnection } from "./connection.ts";
import type { RedisKeys } from "./keys.ts";

/** How often what is too old is let go, in ms. */
const EXPIRY_MS = 60_000;
/** How many channels to look for at once. */
const CHANNELS = 64;
/** The part of the limit that is let go beyond it: for a record at a time, each append would need a second script. */
const SPARE_PART = 1 / 256;

/** Lets go of what exceeds the retention, oldest first. */
export class RedisRetention {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;
  readonly #retention: Retention;
  #expiredMs = -Infinity;
  #cursor = "0";
  #isDamaged = false;
  /** What is going on. */
  #running: Promise<void> | undefined;

  constructor(
    connection: RedisConnection,
    keys: RedisKeys,
    retention: Retention,
  ) {
    this.#connection = connection;
    this.#keys = keys;
    this.#retention = retention;
  }

  /** Lets go of what is too old, once a minute. A failure shows with the next append. */
  async expire(): Promise<void> {
    if (performance.now() - this.#expiredMs < EXPIRY_MS) return;
    this.#expiredMs = performance.now();
    await this.#look().catch(() => {});
  }

  /**
   * Removes a window that others have changed.
   *
   * @throws {RedisError} Redis refuses, or the connection was lost.
   */
  async repair(): Promise<void> {
    await this.settled();
    this.#isDamaged = true;
    await this.letGo([]);
  }

  async #look(): Promise<void> {
    const oldest = await this.#connection.ask((client) =>
      client.sendCommand<string[]>(
        ["ZRANGE", this.#keys.oldest, "0", `${CHANNELS - 1}`],
      )
    );
    await this.letGo(oldest);
  }

  /**
   * Lets go of what is too much or too old. The first command is sent at once, so that what is asked afterwards is answered
   * after it.
   *
   * @param oldest The channels of the oldest records.
   * @throws {RedisError} Redis refuses, or the connection was lost.
   */
  letGo(oldest: readonly string[]): Promise<void> {
    this.#running ??= this.#letGo(oldest).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves once nothing is going on. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => {});
  }

  async #letGo(oldest: readonly string[]): Promise<void> {
    const { maxBytes, maxAgeMs } = this.#retention;
    let names = oldest;
    do {
      const answer = await this.#connection.ask((client) =>
        client.letGo([
          ...[this.#keys.state, this.#keys.oldest, this.#keys.names],
          ...[this.#keys.floors, this.#keys.window, this.#keys.values],
          this.#keys.publications,
          ...names.map((name) => this.#keys.channel(name)),
        ], [
          `${maxBytes}`,
          `${Math.floor(maxBytes * (1 - SPARE_PART))}`,
          `${maxAgeMs}`,
          `${Math.max(maxAgeMs, KEY_LIFETIME_MS)}`,
          this.#cursor,
          this.#isDamaged ? "damaged" : "",
          ...names,
        ])
      );
      this.#isDamaged = false;
      this.#cursor = answer.cursor;
      names = answer.oldest;
    } while (names.length > 0);
  }
}
