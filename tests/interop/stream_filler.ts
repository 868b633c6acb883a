import { delay } from "@std/async/delay";
import { until } from "../support/until.ts";

/** How long to wait before asking for a stream again, in ms: shorter than any library waits. */
const AGAIN_MS = 50;

/** Takes the streams that a server has room for, also those that become free, until it is disposed. */
export class StreamFiller implements AsyncDisposable {
  #held = 0;
  readonly #abort = new AbortController();
  readonly #done: Promise<unknown>;

  /** @param count How many streams to take. */
  constructor(url: string, count: number) {
    this.#done = Promise.all(
      Array.from({ length: count }, () => this.#hold(`${url}sse/fill`)),
    );
  }

  /** Waits until it holds this many streams. */
  async holds(count: number): Promise<void> {
    await until(() => this.#held === count, {
      message: () => `${this.#held} of ${count} streams are held`,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #hold(url: string): Promise<void> {
    const { signal } = this.#abort;
    try {
      while (true) {
        const response = await fetch(url, { signal });
        if (response.ok) {
          this.#held++;
          for await (const _ of response.body!);
        }
        await response.body?.cancel();
        await delay(AGAIN_MS, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
