import { JournalTrouble } from "../trouble.ts";
import type { Ask, RedisConnection } from "./connection.ts";
import { RedisError } from "./error.ts";
import type { RedisKeys } from "./keys.ts";
import { probe } from "./probe.ts";

/** How often Redis is asked whether it would take an event, in ms: perhaps nobody publishes for a long time. */
const PROBE_MS = 5_000;

/** Whether Redis, where it is connected, does what a journal needs. Finds out by itself, every few seconds. */
export class RedisHealth implements Disposable {
  readonly #keys: RedisKeys;
  readonly #trouble = new JournalTrouble();
  #timer: ReturnType<typeof setInterval> | undefined;
  #refusal: RedisError | undefined;

  constructor(keys: RedisKeys) {
    this.#keys = keys;
  }

  /**
   * Checks the connection every few seconds from now on.
   *
   * @param check Checks what else may have changed. Where it throws, the connection is of no use any more.
   */
  watch(
    connection: RedisConnection,
    check: (ask: Ask) => Promise<void>,
  ): void {
    this.#timer = setInterval(
      () => this.#probe(connection, check),
      PROBE_MS,
    );
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
      await probe(ask, this.#keys);
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

  async #probe(
    connection: RedisConnection,
    check: (ask: Ask) => Promise<void>,
  ): Promise<void> {
    if (!connection.isReady) return;
    const ask: Ask = (question) => connection.ask(question);
    try {
      await check(ask);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      // A refusal is an answer: the connection lives on.
      if (error.code === "" && connection.isReady) connection.drop(error);
      else if (connection.isReady) this.note(error);
      return;
    }
    try {
      await this.check(ask);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      // A connection that is lost reports that itself.
      if (!connection.isReady) return;
      this.note(error);
      if (error.isLasting) this.#refusal = error;
    }
  }
}
