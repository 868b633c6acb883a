import type { TimelineRecord } from "../journal/note.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { HubOptions } from "./hub_options.ts";
import type { Memory } from "./memory.ts";
import { OlderHalf } from "./older_half.ts";
import type { Registry } from "./registry.ts";
import type { Timeline } from "./timeline.ts";

/** What a hub does each second while it has streams: heartbeats, newer ids for silent streams, and letting go. */
export class Upkeep {
  readonly #registry: Registry;
  readonly #timeline: Timeline;
  readonly #memory: Memory;
  readonly #olderHalf: OlderHalf | undefined;
  #isOn = false;
  readonly #heartbeat = new Heartbeat(() => this.#onBeat());

  constructor(
    registry: Registry,
    timeline: Timeline,
    memory: Memory,
    retention: HubOptions["retention"],
  ) {
    this.#registry = registry;
    this.#timeline = timeline;
    this.#memory = memory;
    this.#olderHalf = retention && new OlderHalf(retention);
  }

  /** Rises by one every second, to tell idle streams from busy ones. */
  get beat(): number {
    return this.#heartbeat.beat;
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    // Nobody needs a newer id yet, but what comes from here on counts.
    this.#olderHalf?.move(this.#timeline.position.id);
    this.#heartbeat.start();
  }

  stop(): void {
    this.#isOn = false;
    this.#heartbeat.stop();
  }

  /** Notes that records have come. */
  noteRecords(records: readonly TimelineRecord[]): void {
    this.#olderHalf?.add(records);
  }

  /** Notes that records were left out. */
  noteSkip(): void {
    this.#olderHalf?.skip();
  }

  /** Notes that another timeline has begun. */
  noteReset(): void {
    this.#olderHalf?.clear();
  }

  #onBeat(): void {
    const newerHalf = this.#olderHalf?.move(this.#timeline.position.id);
    for (const audience of this.#registry.audiences) {
      audience.beat(this.beat, newerHalf);
    }
    this.#timeline.pages.expire();
    this.#memory.trim();
  }
}
