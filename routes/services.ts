import type { Clock } from "../clock/clock.ts";
import type { Status } from "../events/frame.ts";
import type { Hub } from "../hub/hub.ts";
import type { Journal } from "../journal/journal.ts";
import type { Counts } from "../hub/counts.ts";

/** What the routes work with. */
export interface Services {
  /** Chime's version, such as `1.2.3`. */
  readonly version: string;
  readonly clock: Clock;
  /** The named channels. */
  readonly hub: Hub;
  readonly journal: Journal;
  /** What a publisher must know. */
  readonly token: string;
  /** How large a request's body may be, in bytes. */
  readonly maxBodyBytes: number;
  /** Counts the streams that carry a channel. */
  countClients(channel: string): number | Promise<number>;
  /** Settles once the streams that were opened are counted, where that takes time. */
  counted?: (() => Promise<void>) | undefined;
  /** Hears of messages that the journal took. */
  onPublished(messages: number): void;
  /** What the server has done, all threads together. */
  counts(): Counts | Promise<Counts>;
  /** Why no stream can be opened for now, if so. */
  refusal(): Extract<Status, { state: "draining" | "overloaded" }> | undefined;
}
