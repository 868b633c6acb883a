import { Audience, type AudienceMember } from "./audience.ts";
import { ChannelMap } from "./channel_map.ts";
import { type Form, FORMS } from "./format.ts";
import type { Memory } from "./memory.ts";
import { type Position, Ring, type RingLimits } from "./ring.ts";
import type { Selection } from "./selection.ts";

/** The events of a channel or a pattern that has subscribers, in one form. */
export interface Feed {
  readonly ring: Ring;
  /** The audiences that subscribe to it. */
  readonly audiences: Set<Audience>;
}

/** The audiences that have subscribers, and their feeds. A channel without a subscriber is not held. */
export class Registry {
  readonly #ringLimits: RingLimits;
  readonly #memory: Memory;
  readonly #feeds: Readonly<Record<Form, ChannelMap<Feed>>> = {
    text: new ChannelMap(),
    json: new ChannelMap(),
  };
  readonly #audiences = new Map<string, Audience>();

  /** @param ringLimits How much each feed's ring holds. */
  constructor(ringLimits: RingLimits, memory: Memory) {
    this.#ringLimits = ringLimits;
    this.#memory = memory;
  }

  /** The names and patterns that streams carry. */
  get names(): readonly string[] {
    return [...new Set(FORMS.flatMap((form) => [...this.#feeds[form].keys()]))];
  }

  /** The feeds in one form. */
  feeds(form: Form): Pick<ChannelMap<Feed>, "about" | "size"> {
    return this.#feeds[form];
  }

  /** The feeds of names and patterns, in all forms. */
  feedsOf(names: readonly string[]): Feed[] {
    return FORMS.flatMap((form) =>
      names.flatMap((name) => this.#feeds[form].get(name) ?? [])
    );
  }

  /** How many streams carry the channel. */
  subscribersOf(channel: string): number {
    let count = 0;
    for (const { members } of this.#about(channel)) count += members.size;
    return count;
  }

  /** The open streams: all, or those that carry the channel. */
  members(channel?: string): AudienceMember[] {
    const audiences = channel === undefined
      ? this.audiences
      : this.#about(channel);
    return Array.from(audiences, ({ members }) => [...members]).flat();
  }

  get audiences(): Iterable<Audience> {
    return this.#audiences.values();
  }

  /**
   * Finds or makes the audience of a selection.
   *
   * @param position Where a new feed's ring begins.
   */
  audience(selection: Selection, position: Position): Audience {
    let audience = this.#audiences.get(selection.key);
    if (!audience) {
      const feeds = selection.channels.map((name) =>
        this.#ensure(name, selection.form, position)
      );
      const rings = feeds.map(({ ring }) => ring);
      audience = new Audience(selection, rings, this.#memory);
      for (const { audiences } of feeds) audiences.add(audience);
      this.#audiences.set(selection.key, audience);
    }
    return audience;
  }

  /** Lets go of an audience without members, and of its feeds that have no other audience. */
  remove(audience: Audience): void {
    const { channels, form, key } = audience.selection;
    this.#audiences.delete(key);
    audience.clear();
    for (const name of channels) {
      const { ring, audiences } = this.#feeds[form].get(name)!;
      audiences.delete(audience);
      if (audiences.size > 0) continue;
      this.#feeds[form].delete(name);
      ring.skip(ring.floor);
    }
  }

  /** The audiences that carry the channel. Each has it once. */
  #about(channel: string): Audience[] {
    return FORMS.flatMap((form) => this.#feeds[form].about(channel))
      .flatMap(({ audiences }) => [...audiences]);
  }

  #ensure(name: string, form: Form, position: Position): Feed {
    let feed = this.#feeds[form].get(name);
    if (!feed) {
      const ring = new Ring(position, this.#ringLimits, this.#memory);
      feed = { ring, audiences: new Set() };
      this.#feeds[form].set(name, feed);
    }
    return feed;
  }
}
