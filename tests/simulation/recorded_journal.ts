import type { EventId } from "../../events/event_id.ts";
import type { Entry, TailBatch } from "../../journal/journal.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { heldEvents } from "../support/read_events.ts";
import type { StoreOptions } from "./shared_store.ts";
import type { Node, Truth } from "./truth.ts";
import type { World } from "./world.ts";

/** A journal in memory, of which the truth is told what it appends. */
export class RecordedJournal extends MemoryJournal {
  /** The newest record. The first of all is the note of the epoch, which learns its id from the tail. */
  head: Node;
  readonly #first: Node;
  readonly #world: World;
  readonly #truth: Truth;

  constructor(world: World, truth: Truth, options: StoreOptions) {
    super(options);
    this.#world = world;
    this.#truth = truth;
    const { elapsedMs: atMs } = world;
    this.#first = truth.append(undefined, { channel: undefined, atMs });
    this.head = this.#first;
  }

  override async append(entries: readonly Entry[]): Promise<EventId[]> {
    const before = this.head;
    const { elapsedMs: atMs } = this.#world;
    const known = new Set<string>();
    for (let at: Node | undefined = before; at; at = at.parent) {
      if (at.uid) known.add(at.uid);
    }
    const nodes = entries.map((entry) => {
      const uid = (entry as { data: string }).data;
      const { channel } = entry;
      if (known.has(uid)) return undefined;
      return this.head = this.#truth.append(this.head, { uid, channel, atMs });
    });
    try {
      const appending = super.append(entries);
      const ids = await appending;
      for (const [i, node] of nodes.entries()) {
        if (node) this.#truth.name(node, ids[i]!);
      }
      return ids;
    } catch (error) {
      this.head = before;
      throw error;
    }
  }

  override tail(): AsyncIterable<TailBatch> {
    return this.#noting(super.tail());
  }

  /** The names of the events that are held. */
  async held(channels: readonly string[]): Promise<Set<string>> {
    const events = await heldEvents(this, channels);
    return new Set(events.map(({ data }) => data));
  }

  async *#noting(
    tail: AsyncIterable<TailBatch>,
  ): AsyncGenerator<TailBatch> {
    for await (const batch of tail) {
      if (!this.#first.id) this.#truth.name(this.#first, batch.last);
      yield batch;
    }
  }
}
