import { atMost } from "./settles_within.ts";
import { Clock } from "../clock/clock.ts";
import { Faults } from "../hub/faults.ts";
import { Hub } from "../hub/hub.ts";
import type { Journal } from "../journal/journal.ts";
import { app, routes } from "../routes/mod.ts";
import type { Counts } from "../hub/counts.ts";
import type { Services } from "../routes/services.ts";
import { Server } from "./deno_listener.ts";

/** How long clients have to take their last bytes, in ms, before they are left. */
export const DRAIN_MS = 3_000;

/** What an instance is made of. All of it is plain data, so that it can be sent to another thread. */
export interface InstanceOptions {
  /** Chime's version, such as `1.2.3`. */
  version: string;
  hostname: string;
  /** 0 stands for any free one. */
  port: number;
  /** Whether other instances listen on the same port: connections are spread over them. */
  sharesPort: boolean;
  token: string;
  maxBodyBytes: number;
  corsOrigins: readonly string[];
  /** How many streams may be open at once. */
  maxStreams: number;
}

/** What an instance has besides. */
export interface Surroundings {
  journal: Journal;
  /** Hears what went wrong, in a line. */
  log(message: string): void;
  /** Counts the streams of a channel, where there are other instances in this process. */
  countClients?: Services["countClients"];
  /** Settles once the streams that were opened are counted, where that is done in another thread. */
  counted?: Services["counted"];
  /** Says what all instances of this process have done, where there are others. */
  counts?: Services["counts"];
  /** Hears of each stream that comes or goes, by channel. */
  onClients?(channel: string, change: 1 | -1): void;
}

/** One server with its clock and its hub. A process has one, or one a worker. */
export class Instance {
  readonly url: string;
  readonly #faults = new Faults();
  readonly #clock = new Clock(this.#faults);
  readonly #hub: Hub;
  readonly #server: Server;
  readonly #answers: Record<string, number> = {};
  #messages = 0;
  #isDraining = false;

  /**
   * Listens.
   *
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   */
  constructor(options: InstanceOptions, surroundings: Surroundings) {
    const { journal, log, countClients, counted, counts, onClients } =
      surroundings;
    const hub = new Hub(journal, {
      faults: this.#faults,
      onSubscribers: onClients,
    });
    this.#hub = hub;
    const table = routes({
      version: options.version,
      clock: this.#clock,
      hub,
      journal,
      token: options.token,
      maxBodyBytes: options.maxBodyBytes,
      countClients: countClients ?? ((channel) => hub.subscribersOf(channel)),
      counted,
      onPublished: (messages) => this.#messages += messages,
      counts: counts ?? (() => this.counts()),
      refusal: () => this.#refusal(options.maxStreams),
    });
    try {
      this.#server = new Server({
        hostname: options.hostname,
        port: options.port,
        reusePort: options.sharesPort,
        handler: app(
          table,
          options.corsOrigins,
          (answer) => this.#note(answer),
        ),
        onFault: (error) => log(`stopped accepting, listening again: ${error}`),
      });
    } catch (error) {
      this.#dispose();
      throw error;
    }
    this.url = this.#server.url;
    hub.follow(journal);
  }

  /** What it has done so far, and holds now. */
  counts(): Counts {
    const [clock, channels] = [this.#clock.hub, this.#hub].map((hub) => ({
      streams: hub.subscriberCount,
      sent: hub.sent,
    }));
    return {
      clock: clock!,
      channels: channels!,
      messages: this.#messages,
      answers: this.#answers,
      faults: this.#faults.count,
    };
  }

  /** Tells every client that it must go, and settles once they are gone, or have had time enough. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const hub of [this.#clock.hub, this.#hub]) {
      hub.closeAll({ state: "draining" });
    }
    await atMost(DRAIN_MS, this.#server.close());
    this.#dispose();
  }

  #refusal(maxStreams: number): ReturnType<Services["refusal"]> {
    if (this.#isDraining) return { state: "draining" };
    const streams = this.#clock.hub.subscriberCount + this.#hub.subscriberCount;
    return streams < maxStreams ? undefined : { state: "overloaded" };
  }

  #note(answer: string): void {
    this.#answers[answer] = (this.#answers[answer] ?? 0) + 1;
  }

  #dispose(): void {
    this.#clock[Symbol.dispose]();
    this.#hub[Symbol.dispose]();
  }
}
