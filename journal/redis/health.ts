import { JournalTrouble } from "../trouble.ts";
import type { Ask, RedisConnection } from "./connection.ts";
import { RedisError } from "./error.ts";
import { probe } from "./probe.ts";

/** How often Redis is asked whether it would take an event, in ms: perhaps nobody publishes for a long time. */
const PROBE_MS = 5_000;

/** Whether Redis, where it is connected, does what a journal needs. Finds out by itself, every few seconds. */
export class RedisHealth implements Disposable {
  readonly #key: string;
  readonly #trouble = new JournalTrouble();
  #timer: ReturnType<typeof setInterval> | undefined;
  #refusal: RedisError | undefined;

  /** @param key The stream's key. */
  constructor(key: string) {
    this.#key = key;
  }

  /** Checks the connection every few seconds from now on. */
  watch(connection: RedisConnection): void {
    this.#timer = setInterval(() => this.#probe(connection), PROBE_MS);
  }

  /** Whether nothing is known to be refused. */
  get isGood(): boolean {
    return this.#trouble.isNone;
  }

  /** A refusal that lasts until the operator removes its cause. Nothing may be appended until then. */
  get refusal(): RedisError | undefined {
    return this.#refusal;
  }

  /**
   * Checks a new connection. That Redis can be read but not written to is only noted.
   *
   * @throws {RedisError} The connection is of no use.
   */
  async check(ask: Ask): Promise<void> {
    try {
      await probe(ask, this.#key);
    } catch (error) {
      if (!(error instanceof RedisError) || !error.isUnwritable) throw error;
      this.note(error);
      return;
    }
    this.#refusal = undefined;
    this.#trouble.clear();
  }

  /** Notes what Redis refused. */
  note(error: RedisError): void {
    this.#trouble.note(error.reason);
  }

  /** Notes that messages were appended. */
  noteAppend(): void {
    if (!this.#refusal) this.#trouble.clear();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #probe(connection: RedisConnection): Promise<void> {
    if (!connection.isReady) return;
    try {
      await this.check((question) => connection.ask(question));
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      // A connection that is lost reports that itself.
      if (!connection.isReady) return;
      this.note(error);
      if (error.isLasting) this.#refusal = error;
    }
  }
}
