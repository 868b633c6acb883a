import { JournalTrouble } from "../trouble.ts";
import type { RedisConnection, Send } from "./connection.ts";
import { RedisError } from "./error.ts";
import { probe } from "./probe.ts";

/** How often Redis is asked whether it would take an event, in ms: nobody may have published for long. */
const PROBE_MS = 5_000;

/** Knows whether Redis, where it is connected, does what a journal needs, and finds out by itself. */
export class RedisWatch implements Disposable {
  readonly #key: string;
  readonly #trouble = new JournalTrouble();
  #timer: ReturnType<typeof setInterval> | undefined;
  #refusal: RedisError | undefined;

  constructor(key: string) {
    this.#key = key;
  }

  /** Tries the connection every few seconds from now on. */
  watch(connection: RedisConnection): void {
    this.#timer = setInterval(() => this.#probe(connection), PROBE_MS);
  }

  /** Whether nothing is known to be refused. */
  get isFine(): boolean {
    return this.#trouble.isNone;
  }

  /** What was refused until somebody mends it: nothing may be appended before. */
  get refusal(): RedisError | undefined {
    return this.#refusal;
  }

  /**
   * Tries a new connection. Where Redis can be read but not written to, that is noted.
   *
   * @throws {RedisError} where it is of no use.
   */
  async check(send: Send): Promise<void> {
    try {
      await probe(send, this.#key);
    } catch (error) {
      if (!(error instanceof RedisError) || !error.isUnwritable) throw error;
      this.note(error);
      return;
    }
    this.#refusal = undefined;
    this.#trouble.clear();
  }

  /** Takes note of what Redis refused. */
  note(error: RedisError): void {
    this.#trouble.note(error.reason);
  }

  /** Takes note that something was appended. */
  noteAppend(): void {
    if (!this.#refusal) this.#trouble.clear();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #probe(connection: RedisConnection): Promise<void> {
    if (!connection.isReady) return;
    try {
      await this.check((...commands) => connection.send(...commands));
    } catch (error) {
      // A connection that is lost says so itself.
      if (!(error instanceof RedisError)) throw error;
      if (!connection.isReady) return;
      this.note(error);
      if (error.isLasting) this.#refusal = error;
    }
  }
}
