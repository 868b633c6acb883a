import type { Access } from "../access/access.ts";
import type { Clock } from "../clock/clock.ts";
import type { Status } from "../events/frame.ts";
import type { Hub } from "../hub/hub.ts";
import type { Journal } from "../journal/journal.ts";
import type { Client } from "./client.ts";
import type { Counts } from "../hub/counts.ts";
import type { RefusedReason } from "../hub/refused.ts";

/** Counts what all threads of the process do and hold. */
export interface Tally {
  /** Counts the open streams that carry the channel. */
  countStreams(channel: string): number | Promise<number>;
  /** Resolves when all streams that this thread has opened are counted. */
  counted(): Promise<void>;
  /** Notes that the journal took messages. */
  notePublished(messages: number): void;
  /** Notes that a connection, a request or a stream was refused. */
  noteRefused(reason: RefusedReason): void;
  /** What the process has done so far and holds now. */
  count(): Counts | Promise<Counts>;
}

/** Dependencies of the routes. */
export interface Services {
  /** Chime's version, such as `1.2.3`. */
  readonly version: string;
  readonly clock: Clock;
  /** The hub of the named channels. */
  readonly hub: Hub;
  readonly journal: Journal;
  /** Decides who may do what. */
  readonly access: Access;
  /** The largest request body that is taken, in bytes. */
  readonly maxBodyBytes: number;
  /** The interval of a stream's heartbeats where its client names none, in s. */
  readonly heartbeatS: number;
  readonly tally: Tally;
  /** Counts the open connections of all threads, if the listener sees them. */
  readonly connections?: (() => number) | undefined;
  /** Why no stream can be opened for now, by the client if one is given; nothing if one can. */
  refusal(client?: Client): Refusal | undefined;
}

/** Why a stream is refused for now. */
export interface Refusal {
  /** What its client is told. */
  readonly status: Extract<Status, { state: "draining" | "overloaded" }>;
  readonly reason: RefusedReason;
}
