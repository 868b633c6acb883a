import {
  Access,
  type AccessCalls,
  type AccessChange,
} from "../access/access.ts";
import { Clock } from "../clock/clock.ts";
import type { Counts } from "../hub/counts.ts";
import { Faults } from "../hub/faults.ts";
import { follow } from "../hub/follow.ts";
import { Hub } from "../hub/hub.ts";
import { Memory } from "../hub/memory.ts";
import { notingAhead } from "../journal/ahead.ts";
import type { RefusedReason } from "../hub/refused.ts";
import type { Journal } from "../journal/journal.ts";
import { log } from "../log/log.ts";
import type { Client } from "../routes/client.ts";
import { app, routes } from "../routes/mod.ts";
import { originMatcher } from "../routes/origin_pattern.ts";
import type { Refusal } from "../routes/services.ts";
import type { Unreadable } from "./listener.ts";
import type { InstanceOptions } from "./serve_options.ts";
import type { SharedCounts } from "./shared_counts.ts";
import { ThreadTally } from "./thread_tally.ts";
import { type TallyCalls, WorkerTally } from "./worker_tally.ts";

/** Dependencies of an `Instance`. */
export interface InstanceDependencies {
  journal: Journal;
  /** Bounds what is held for readers. */
  memory?: Memory;
  /** Counts the streams of all threads. */
  counts: SharedCounts;
  /** Counts the open connections of all threads, if the listener sees them. */
  connections?: (() => number) | undefined;
  /** Reads what access depends on. */
  accessCalls?: AccessCalls;
  /** Calls the main thread where this one is a worker. */
  main?: TallyCalls;
}

/** Chime without a socket: the clock, the hub and the routes. A process has one, or one for each worker. */
export class Instance implements Disposable {
  /** Answers a request. */
  readonly answer: (request: Request, client: Client) => Promise<Response>;
  readonly clock: Clock;
  /** The hub of the named channels. */
  readonly hub: Hub;
  readonly #access: Access;
  readonly #tally: ThreadTally;
  readonly #counts: SharedCounts;
  readonly #maxStreams: number;
  readonly #accessLog: boolean;
  #isDraining = false;

  constructor(
    options: InstanceOptions,
    {
      journal,
      memory = Memory.unbounded(),
      counts,
      connections,
      accessCalls,
      main,
    }: InstanceDependencies,
  ) {
    const { version, maxBodyBytes, heartbeatS, corsOrigins } = options;
    this.#maxStreams = options.limits.maxStreams;
    this.#accessLog = options.accessLog;
    this.#counts = counts;
    this.#access = new Access(options.access, {
      journal,
      // What any page may use, it uses without credentials.
      isListedOrigin: originMatcher(
        corsOrigins.filter((origin) => origin !== "*"),
      ),
      calls: accessCalls,
    });
    const faults = new Faults();
    this.clock = new Clock({
      faults,
      memory,
      onSubscribers: () => this.#noteStreams(),
    });
    this.hub = new Hub(journal, {
      faults,
      memory,
      retention: options.retention,
      onSubscribers: (channels, change) => {
        this.#noteStreams();
        shared?.noteStream(channels, change);
      },
    });
    this.#tally = new ThreadTally({
      clock: this.clock.hub,
      channels: this.hub,
      faults,
    });
    const shared = main && new WorkerTally(this.#tally, main);
    const table = routes({
      version,
      clock: this.clock,
      hub: this.hub,
      journal,
      access: this.#access,
      maxBodyBytes,
      heartbeatS,
      tally: shared ?? this.#tally,
      connections,
      refusal: (client) => this.#refusal(client),
    });
    this.answer = app(table, {
      corsOrigins,
      accessLog: options.accessLog,
      allowedHosts: options.allowedHosts,
      basePath: options.basePath,
      onRefused: (reason) => this.#tally.noteRefused(reason),
      onAnswer: (answer) => this.#tally.noteAnswer(answer),
    });
    // Left floating on purpose: the tail ends with the journal, and if it fails, the thread does.
    const tail = this.#access.revocations.follow(journal.tail());
    follow(this.hub, main ? tail : notingAhead(tail));
  }

  /** What this thread has done so far and holds now. */
  counts(): Counts {
    return this.#tally.count();
  }

  /** Counts a connection or a request that was refused before its route was asked. */
  noteRefused(reason: RefusedReason): void {
    this.#tally.noteRefused(reason);
  }

  /** Counts and logs an answer to what no `Request` can be made of. */
  noteUnreadable(answer: Unreadable): void {
    this.#tally.noteAnswer(`other none ${answer.status}`);
    if (this.#accessLog) log.access({ ...answer });
  }

  /** Takes what has changed of the access. */
  changeAccess(change: AccessChange): void {
    this.#access.change(change);
  }

  /** Ends every stream, telling its client that it must go, and opens no more. */
  drain(): void {
    this.#isDraining = true;
    for (const hub of [this.clock.hub, this.hub]) {
      hub.closeAll({ state: "draining" });
    }
  }

  /** Stops the clock, the hub and what watches over access. */
  [Symbol.dispose](): void {
    this.#access[Symbol.dispose]();
    this.clock[Symbol.dispose]();
    this.hub[Symbol.dispose]();
  }

  #noteStreams(): void {
    const { clock, hub } = this;
    this.#counts.set(
      "streams",
      clock.hub.subscriberCount + hub.subscriberCount,
    );
  }

  #refusal(client?: Client): Refusal | undefined {
    if (this.#isDraining) {
      return { status: { state: "draining" }, reason: "draining" };
    }
    const streams = this.#counts.total("streams");
    const reason = client?.refused ??
      (streams < this.#maxStreams ? undefined : "streams");
    return reason && { status: { state: "overloaded" }, reason };
  }
}
