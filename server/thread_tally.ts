import type { Counts, HubCounts } from "../hub/counts.ts";
import type { Faults } from "../hub/faults.ts";
import type { Hub } from "../hub/hub.ts";
import { nothingRefused, type RefusedReason } from "../hub/refused.ts";
import type { Tally } from "../routes/services.ts";

/** Dependencies of a {@linkcode ThreadTally}. */
export interface ThreadTallyOptions {
  /** The clock's hub. */
  clock: Hub;
  /** The hub of the named channels. */
  channels: Hub;
  faults: Faults;
}

/** Counts of one thread: of the whole process, or of a worker. */
export class ThreadTally implements Tally {
  readonly #options: ThreadTallyOptions;
  readonly #answers: Record<string, number> = {};
  readonly #refused = nothingRefused();
  #messages = 0;

  constructor(options: ThreadTallyOptions) {
    this.#options = options;
  }

  countStreams(channel: string): number {
    return this.#options.channels.subscribersOf(channel);
  }

  /** Streams are counted as they open. */
  counted(): Promise<void> {
    return Promise.resolve();
  }

  notePublished(messages: number): void {
    this.#messages += messages;
  }

  noteRefused(reason: RefusedReason): void {
    this.#refused[reason]++;
  }

  /** Counts one more answer, as in `GET /sse/* 200`. */
  noteAnswer(answer: string): void {
    this.#answers[answer] = (this.#answers[answer] ?? 0) + 1;
  }

  count(): Counts {
    const { clock, channels, faults } = this.#options;
    return {
      clock: countsOf(clock),
      channels: countsOf(channels),
      messages: this.#messages,
      answers: this.#answers,
      refused: this.#refused,
      faults: faults.count,
    };
  }
}

function countsOf({ subscriberCount, sent }: Hub): HubCounts {
  return { streams: subscriberCount, sent };
}
