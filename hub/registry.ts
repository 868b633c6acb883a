import { Audience, type AudienceMember } from "./audience.ts";
import type { Memory } from "./memory.ts";
import { type Position, Ring, type RingLimits } from "./ring.ts";

/** A channel that has subscribers. */
export interface Channel {
  readonly ring: Ring;
  /** The audiences that subscribe to it. */
  readonly audiences: Set<Audience>;
}

/** The audiences that have subscribers, and their channels. A channel without a subscriber is not held. */
export class Registry {
  readonly #ringLimits: RingLimits;
  readonly #memory: Memory;
  readonly #channels = new Map<string, Channel>();
  readonly #audiences = new Map<string, Audience>();

  /** @param ringLimits How much each channel's ring holds. */
  constructor(ringLimits: RingLimits, memory: Memory) {
    this.#ringLimits = ringLimits;
    this.#memory = memory;
  }

  /** The channels' names. */
  get names(): readonly string[] {
    return [...this.#channels.keys()];
  }

  /** The channels, by their names. */
  get channels(): ReadonlyMap<string, Channel> {
    return this.#channels;
  }

  /** How many streams carry the channel. */
  subscribersOf(channel: string): number {
    let count = 0;
    for (const audience of this.#channels.get(channel)?.audiences ?? []) {
      count += audience.members.size;
    }
    return count;
  }

  /** The open streams: all, or those that carry the channel. */
  members(channel?: string): AudienceMember[] {
    const audiences = channel === undefined
      ? this.audiences
      : this.#channels.get(channel)?.audiences ?? [];
    return Array.from(audiences, ({ members }) => [...members]).flat();
  }

  get audiences(): Iterable<Audience> {
    return this.#audiences.values();
  }

  /**
   * Finds or makes the audience of the channels.
   *
   * @param names The channels' names, in any order.
   * @param position Where a new channel's ring begins.
   */
  audience(names: readonly string[], position: Position): Audience {
    const sorted = [...new Set(names)].sort();
    const key = sorted.join();
    let audience = this.#audiences.get(key);
    if (!audience) {
      const channels = sorted.map((name) => this.#ensure(name, position));
      audience = new Audience(
        sorted,
        channels.map(({ ring }) => ring),
        this.#memory,
      );
      for (const { audiences } of channels) audiences.add(audience);
      this.#audiences.set(key, audience);
    }
    return audience;
  }

  /** Lets go of an audience without members, and of its channels that have no other audience. */
  remove(audience: Audience): void {
    this.#audiences.delete(audience.key);
    audience.clear();
    for (const name of audience.channels) {
      const { ring, audiences } = this.#channels.get(name)!;
      audiences.delete(audience);
      if (audiences.size > 0) continue;
      this.#channels.delete(name);
      ring.skip(ring.floor);
    }
  }

  #ensure(name: string, position: Position): Channel {
    let channel = this.#channels.get(name);
    if (!channel) {
      const ring = new Ring(name, position, this.#ringLimits, this.#memory);
      channel = { ring, audiences: new Set() };
      this.#channels.set(name, channel);
    }
    return channel;
  }
}
