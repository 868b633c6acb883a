import { ErrorReply } from "@redis/client";
import { delay } from "@std/async/delay";
import type { RedisAddress } from "./address.ts";
import { createRedisClient, type RedisClient } from "./client.ts";
import { RedisError, toRedisError } from "./error.ts";
import { Silence, SILENCE_MS } from "./silence.ts";

/**
 * Asks Redis a question. The commands that it sends without waiting go out together, and Redis answers in their order.
 *
 * @throws {RedisError} Redis refused, or the connection was lost.
 */
export type Ask = <T>(
  question: (client: RedisClient) => Promise<T>,
) => Promise<T>;

/** The pauses between two attempts, in ms: they double from the first to the last. */
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 2_000;

/**
 * A connection to Redis that is made again whenever it is lost, until it is disposed of. Nothing is kept for later:
 * a command that cannot be sent at once, or loses its connection before the answer, is rejected.
 */
export class RedisConnection implements AsyncDisposable {
  readonly #address: RedisAddress;
  readonly #open: (ask: Ask) => Promise<unknown>;
  readonly #onChange: (failure?: RedisError) => void;
  readonly #running: Promise<void>;
  readonly #closing = new AbortController();
  #ask: Ask | undefined;
  /** Why the last attempt failed, or the last connection ended. */
  #failure: RedisError | undefined;
  #hasChanged = Promise.withResolvers<void>();
  /** Ends the present attempt or connection. */
  #end: (reason: unknown) => void = () => {};

  /**
   * Begins to connect. A failure is no error here: see `onChange`.
   *
   * @param open Called with each new connection, which is ready once this has resolved.
   * @param onChange Called with the reason when an attempt fails or a connection ends, and with nothing when a
   * connection is ready.
   */
  constructor(
    address: RedisAddress,
    open: (ask: Ask) => Promise<unknown>,
    onChange: (failure?: RedisError) => void,
  ) {
    this.#address = address;
    this.#open = open;
    this.#onChange = onChange;
    this.#running = this.#run();
  }

  /** Whether commands can be sent. */
  get isReady(): boolean {
    return this.#ask !== undefined;
  }

  /** Resolves to `true` once commands can be sent, and to `false` once the connection is disposed of. */
  async ready(): Promise<boolean> {
    const { signal } = this.#closing;
    while (!this.#ask && !signal.aborted) await this.#hasChanged.promise;
    return !signal.aborted;
  }

  /**
   * Asks Redis a question, see {@linkcode Ask}.
   *
   * @throws {RedisError} At once where there is no connection, with the code of the refusal that prevents one, if any;
   * else with what Redis refused. Where the connection is lost, or Redis gives no answer for some seconds, Redis may have
   * carried out the commands all the same.
   */
  async ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.#ask) throw new RedisError("Redis is away", this.#failure?.code);
    return await this.#ask(question);
  }

  /** Ends the present connection, so that a new one is made. */
  drop(reason: unknown): void {
    this.#end(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#end(new RedisError("the journal is closed"));
    this.#hasChanged.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      const sinceMs = performance.now();
      this.#failure = await this.#connect();
      if (signal.aborted) return;
      this.#onChange(this.#failure);
      // A connection that drops at once counts as a failed attempt.
      if (performance.now() - sinceMs > LAST_PAUSE_MS) failures = 0;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LAST_PAUSE_MS);
      // Random, so that instances that lost Redis together do not come back together.
      const ms = pauseMs * (0.5 + Math.random() / 2);
      // It rejects only when the signal aborts, which ends the loop.
      await delay(ms, { signal }).catch(() => {});
    }
  }

  /** Connects, and resolves with the reason once the connection has ended. */
  async #connect(): Promise<RedisError> {
    const { password } = this.#address;
    const cut = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    let failure: RedisError | undefined;
    // Longer than Redis may block, or take to send a page of large events. `socketTimeout` cannot tell: to Node.js what
    // is sent counts as activity too, so that a Redis that hangs would go unnoticed for as long as somebody publishes.
    using silence = new Silence(() =>
      end(new RedisError(`no answer for ${SILENCE_MS / 1_000} s`))
    );
    const client = createRedisClient(this.#address, {
      signal: cut.signal,
      // Also those of an answer that is not complete yet: a large one takes longer than that on a slow line.
      onBytes: () => {
        if (!failure) silence.restart();
      },
    });
    const end = this.#end = (error) => {
      if (failure) return;
      failure = toRedisError(error, password);
      this.#ask = undefined;
      silence[Symbol.dispose]();
      cut.abort();
      resolve();
    };
    const ask: Ask = async (question) => {
      try {
        return await question(client);
      } catch (error) {
        throw failure ?? toRedisError(error, password);
      }
    };
    client.on("error", (error) => {
      // A ping that is refused was answered, too.
      if (!client.isReady || !(error instanceof ErrorReply)) end(error);
    });
    silence.restart();
    try {
      await client.connect();
      await this.#open(ask);
      if (!failure) {
        this.#ask = ask;
        this.#onChange();
        this.#hasChanged.resolve();
        this.#hasChanged = Promise.withResolvers();
      }
      await ended;
    } catch (error) {
      end(error);
    } finally {
      client.destroy();
    }
    return failure!;
  }
}
