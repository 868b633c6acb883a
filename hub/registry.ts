import { Feed } from "./audience.ts";
import { type Position, Ring, type RingLimits } from "./ring.ts";

/** A channel while anybody listens to it. */
export interface Channel {
  readonly ring: Ring;
  /** The feeds that carry it. */
  readonly feeds: Set<Feed>;
}

/** The feeds that have clients, and their channels. What has no client is not here. */
export class Directory {
  readonly #ringLimits: RingLimits;
  readonly #channels = new Map<string, Channel>();
  readonly #feeds = new Map<string, Feed>();

  /** @param ringLimits How much each channel's ring holds. */
  constructor(ringLimits: RingLimits) {
    this.#ringLimits = ringLimits;
  }

  /** The channels' names. */
  get names(): readonly string[] {
    return [...this.#channels.keys()];
  }

  get channels(): Iterable<Channel> {
    return this.#channels.values();
  }

  get feeds(): Iterable<Feed> {
    return this.#feeds.values();
  }

  channel(name: string): Channel | undefined {
    return this.#channels.get(name);
  }

  /**
   * The feed of the channels, which is made where there is none.
   *
   * @param position Where the rings of channels that are not here yet begin.
   */
  feed(names: readonly string[], position: Position): Feed {
    const sorted = [...new Set(names)].sort();
    const key = sorted.join();
    let feed = this.#feeds.get(key);
    if (!feed) {
      const channels = sorted.map((name) => this.#ensure(name, position));
      feed = new Feed(sorted, channels.map(({ ring }) => ring));
      for (const { feeds } of channels) feeds.add(feed);
      this.#feeds.set(key, feed);
    }
    return feed;
  }

  /** Lets go of a feed without clients, and of the channels that nobody else carries. */
  remove(feed: Feed): void {
    this.#feeds.delete(feed.channels.join());
    for (const name of feed.channels) {
      const { feeds } = this.#channels.get(name)!;
      feeds.delete(feed);
      if (feeds.size === 0) this.#channels.delete(name);
    }
  }

  #ensure(name: string, position: Position): Channel {
    let channel = this.#channels.get(name);
    if (!channel) {
      const ring = new Ring(name, position, this.#ringLimits);
      channel = { ring, feeds: new Set() };
      this.#channels.set(name, channel);
    }
    return channel;
  }
}
