import { UnavailableError } from "../journal/history.ts";
import { Outbox } from "./outbox.ts";
import { type ErrorData, toError, toErrorData } from "./rpc_error.ts";

/** What {@linkcode Rpc} needs of a `MessagePort`, a `Worker` or a worker's global scope. */
export interface RpcPort {
  onmessage: ((event: MessageEvent<readonly Item[]>) => void) | null;
  postMessage(items: readonly Item[]): void;
}

/** Methods of the other thread. Each call resolves or rejects as the method there does. */
export type Calls<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** Methods of the other thread, called without waiting for an answer. */
export type Notices<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => unknown
    ? (...args: A) => void
    : never;
};

/** What passes between the threads. */
type Item =
  /** A call of a method; without `id`, no answer is wanted. */
  | { method: string; args: readonly unknown[]; id?: number }
  | { answers: number; value: unknown }
  | { answers: number; error: ErrorData };

/**
 * One end of a connection between two threads, each of which calls the other's methods. Arguments and results must be
 * plain data. Everything arrives in the order in which it was sent; what one turn of the event loop brings is sent
 * together.
 *
 * @typeParam Far The other thread's methods.
 */
export class Rpc<Far extends object> implements Disposable {
  /** Calls a method of the other thread. */
  readonly call: Calls<Far>;
  /** Calls a method of the other thread, which sends no answer. An error there is that thread's own matter. */
  readonly notify: Notices<Far>;
  readonly #port: RpcPort;
  readonly #methods: ReadonlyMap<string, (...args: unknown[]) => unknown>;
  readonly #outbox: Outbox<Item>;
  readonly #callers = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #isOpen = true;

  /**
   * @param port Where the other end is. Closing it is up to whoever made it.
   * @param methods What the other thread may call: the object's own functions.
   */
  constructor(port: RpcPort, methods: object) {
    this.#port = port;
    this.#methods = new Map(Object.entries(methods));
    this.#outbox = new Outbox((items) => {
      if (this.#isOpen) port.postMessage(items);
    });
    this.call = proxy((method, args) => this.#call(method, args));
    this.notify = proxy((method, args) => this.#outbox.push({ method, args }));
    port.onmessage = ({ data }) => {
      for (const item of data) this.#take(item);
    };
  }

  /** Ends the connection: the other thread answers no more, so all callers are rejected with `UnavailableError`. */
  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#port.onmessage = null;
    for (const { reject } of this.#callers.values()) reject(closed());
    this.#callers.clear();
  }

  #call(method: string, args: readonly unknown[]): Promise<unknown> {
    if (!this.#isOpen) return Promise.reject(closed());
    const caller = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#callers.set(id, caller);
    this.#outbox.push({ method, args, id });
    return caller.promise;
  }

  #take(item: Item): void {
    // What came before it in the same batch may have ended the connection.
    if (!this.#isOpen) return;
    if ("answers" in item) this.#settle(item);
    else if (item.id === undefined) this.#run(item.method, item.args);
    else this.#answer(item.method, item.args, item.id);
  }

  #settle(item: Extract<Item, { answers: number }>): void {
    const caller = this.#callers.get(item.answers)!;
    this.#callers.delete(item.answers);
    if ("error" in item) caller.reject(toError(item.error));
    else caller.resolve(item.value);
  }

  async #answer(
    method: string,
    args: readonly unknown[],
    answers: number,
  ): Promise<void> {
    try {
      const value = await this.#run(method, args);
      this.#outbox.push({ answers, value });
    } catch (error) {
      this.#outbox.push({ answers, error: toErrorData(error) });
    }
  }

  #run(method: string, args: readonly unknown[]): unknown {
    const run = this.#methods.get(method);
    if (!run) throw new TypeError(`Cannot call ${method}: no such method`);
    return run(...args);
  }
}

function closed(): UnavailableError {
  return new UnavailableError("The other thread answers no more");
}

/** An object whose every method is `invoke` with the method's name. */
function proxy<T>(invoke: (method: string, args: unknown[]) => unknown): T {
  return new Proxy({}, {
    // Symbols are asked for by whatever prints objects.
    get: (_target, name) =>
      typeof name === "string"
        ? (...args: unknown[]) => invoke(name, args)
        : undefined,
  }) as T;
}
