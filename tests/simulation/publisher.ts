import type { EventId } from "../../events/event_id.ts";
import { UnavailableError } from "../../journal/history.ts";
import type { Entry } from "../../journal/journal.ts";
import type { Thread } from "./instance.ts";
import type { World } from "./world.ts";

/** How often a message with a key is sent at most. */
const MAX_TRIES = 4;

/** Sends messages, each with a name of its own, and notes which ones were answered. */
export class Publisher {
  /** The names of the messages that were answered with an id. */
  readonly answered: Map<string, EventId> = new Map();
  readonly #world: World;
  readonly #pickThread: () => Thread | undefined;
  #count = 0;

  /** @param pickThread Picks a thread that takes messages at present. */
  constructor(world: World, pickThread: () => Thread | undefined) {
    this.#world = world;
    this.#pickThread = pickThread;
  }

  /** Publishes a batch. With a key, each message is sent again until it is answered. */
  async publish(
    channels: readonly string[],
    isKeyed = false,
  ): Promise<boolean> {
    const entries = channels.map((channel): Entry => {
      const data = `${channel}${++this.#count}`;
      const key = { name: data, hash: data };
      return { channel, data, ...(isKeyed && { key }) };
    });
    const { clockSetting } = this.#world;
    for (let tries = 0; tries < (isKeyed ? MAX_TRIES : 1); tries++) {
      if (tries > 0) await this.#world.delay(this.#world.random.between(5, 60));
      // A journal whose clock jumped may know the key no more.
      if (this.#world.clockSetting !== clockSetting) return false;
      const thread = this.#pickThread();
      if (thread && await this.#send(thread, entries)) return true;
    }
    return false;
  }

  async #send(
    { journal }: Thread,
    entries: readonly Entry[],
  ): Promise<boolean> {
    try {
      const ids = await journal.append(entries);
      for (const [i, id] of ids.entries()) {
        this.answered.set((entries[i] as { data: string }).data, id);
      }
      return true;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      return false;
    }
  }
}
