import type { ChannelEvent } from "../../events/message.ts";
import { Deque } from "../deque.ts";
import type { Holding } from "../holdings.ts";
import type { NoteRecord } from "../note.ts";
import type { Floor } from "../proof.ts";
import type { Held } from "./held.ts";
import { SortedNames } from "./sorted_names.ts";

/** A channel of which something is held. */
export class HeldChannel {
  readonly events = new Deque<Held<ChannelEvent>>();
  readonly notes = new Deque<Held<NoteRecord>>();
  /** The last event that went though older ones of other channels are held. */
  floor: Floor | undefined;

  /** How many events it has, and which. */
  get holding(): Holding {
    const { events } = this;
    return {
      events: events.length,
      first: events.at(0)?.record.id,
      last: events.at(events.length - 1)?.record.id,
    };
  }
}

/** The channels of which something is held, by their names. */
export class HeldChannels {
  readonly #channels = new Map<string, HeldChannel>();
  readonly #names = new SortedNames();

  get(name: string): HeldChannel | undefined {
    return this.#channels.get(name);
  }

  /** The names that begin with a stem, in order. */
  startingWith(stem: string): Iterable<string> {
    return this.#names.startingWith(stem);
  }

  /** Adds a channel that is not there. */
  add(name: string): HeldChannel {
    const channel = new HeldChannel();
    this.#channels.set(name, channel);
    this.#names.add(name);
    return channel;
  }

  /** Removes a channel that is there. */
  delete(name: string): void {
    this.#channels.delete(name);
    this.#names.delete(name);
  }
}
