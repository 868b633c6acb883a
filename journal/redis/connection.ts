import { createClient } from "@redis/client";
import type { RedisAddress } from "./address.ts";
import { RedisError, toRedisError } from "./error.ts";

/** One answer of Redis. */
export type Reply = string | number | null | readonly Reply[];

/** A command's name and arguments. */
export type Command = readonly string[];

/** Sends commands in one go, and resolves with their answers. */
export type Send = (...commands: Command[]) => Promise<Reply[]>;

/** How long a connection may take to be made, in ms. */
const CONNECT_MS = 3_000;
/** How often Redis is asked whether it is there, in ms. */
const BEAT_MS = 1_000;
/** A connection without an answer for this long is dead, in ms: longer than Redis may block, or send a page of large events. */
const SILENCE_MS = 4_000;
/** The waits between two attempts, in ms: they double from the first to the last. */
const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 2_000;

/**
 * A connection to Redis that is made again whenever it is lost, until it is disposed of. Nothing is kept for later:
 * what cannot be sent at once, or loses its connection before it is answered, is rejected.
 */
export class RedisConnection implements AsyncDisposable {
  readonly #address: RedisAddress;
  readonly #open: (send: Send) => Promise<unknown>;
  readonly #onChange: (failure?: RedisError) => void;
  readonly #running: Promise<void>;
  readonly #closing = new AbortController();
  #send: Send | undefined;
  /** Why the last attempt failed, or what became of the last connection. */
  #failure: RedisError | undefined;
  #hasChanged = Promise.withResolvers<void>();
  /** Ends the present attempt or connection. */
  #end: (reason: unknown) => void = () => {};

  /**
   * Begins to connect, and throws nothing where that fails.
   *
   * @param open What every connection begins with: it is ready once this has resolved.
   * @param onChange Told of each attempt: why it failed or what became of the connection, or nothing once it is ready.
   */
  constructor(
    address: RedisAddress,
    open: (send: Send) => Promise<unknown>,
    onChange: (failure?: RedisError) => void,
  ) {
    this.#address = address;
    this.#open = open;
    this.#onChange = onChange;
    this.#running = this.#run();
  }

  /** Whether commands can be sent. */
  get isReady(): boolean {
    return this.#send !== undefined;
  }

  /** Resolves to `true` once commands can be sent, to `false` once they never will be any more. */
  async ready(): Promise<boolean> {
    const { signal } = this.#closing;
    while (!this.#send && !signal.aborted) await this.#hasChanged.promise;
    return !signal.aborted;
  }

  /**
   * Sends commands in one go, and resolves with their answers.
   *
   * @throws {RedisError} at once where there is no connection, with the code of the refusal that keeps it from being made,
   * if it is one; else with the first refusal. Where the connection is lost, or Redis stays silent for some seconds, the commands may yet have been carried out.
   */
  async send(...commands: Command[]): Promise<Reply[]> {
    if (!this.#send) {
      throw new RedisError("Redis is away", this.#failure?.code);
    }
    return await this.#send(...commands);
  }

  /** Gives the present connection up for a new one. */
  drop(reason: unknown): void {
    this.#end(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#end(new Error("the journal is closed"));
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
      // What is lost as soon as it is made is no better than what fails.
      if (performance.now() - sinceMs > LAST_WAIT_MS) failures = 0;
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures++, LAST_WAIT_MS);
      // Drawn, so that instances that lost Redis together do not come back together.
      await pause(waitMs * (0.5 + Math.random() / 2), signal);
    }
  }

  /** Connects, and resolves with the reason once that is over. */
  async #connect(): Promise<RedisError> {
    const { host, port, isSecure, database } = this.#address;
    const { username, password } = this.#address;
    const cut = new AbortController();
    const client = createClient({
      socket: {
        host,
        port,
        ...(isSecure ? { tls: true } : {}),
        connectTimeout: CONNECT_MS,
        reconnectStrategy: false,
        // Ends also what is only being connected.
        signal: cut.signal,
      },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      database,
      // With the other one, environment variables would be read.
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      // Not a timer for each command: the beat tells whether Redis answers.
      commandOptions: { timeout: 0 },
    });
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    let failure: RedisError | undefined;
    const end = this.#end = (error) => {
      if (failure) return;
      failure = toRedisError(error, password);
      this.#send = undefined;
      cut.abort();
      resolve();
    };
    client.on("error", end);
    const send: Send = async (...commands) => {
      try {
        return await Promise.all(
          commands.map((command) => client.sendCommand<Reply>([...command])),
        );
      } catch (error) {
        throw failure ?? toRedisError(error, password);
      }
    };
    let answeredMs = performance.now();
    const beat = setInterval(() => {
      if (performance.now() - answeredMs > SILENCE_MS) {
        return end(new Error(`no answer for ${SILENCE_MS / 1_000} s`));
      }
      const note = () => answeredMs = performance.now();
      // A refusal is an answer as well.
      send(["PING"]).then(note, ({ code }: RedisError) => code && note());
    }, BEAT_MS);
    try {
      await client.connect();
      await this.#open(send);
      if (!failure) {
        this.#send = send;
        this.#onChange();
        this.#hasChanged.resolve();
        this.#hasChanged = Promise.withResolvers();
      }
      await ended;
    } catch (error) {
      end(error);
    } finally {
      clearInterval(beat);
      client.destroy();
    }
    return failure!;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
