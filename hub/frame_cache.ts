import type { Frame } from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";

/** Enough for a burst of clients that come back together, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Frames that were encoded for one client's replay, for the next ones that come for the same events. */
export class FrameCache {
  readonly #frames = new Map<string, Frame>();
  #bytes = 0;

  /** The event's frame, from here or else from `encode`. */
  async get(
    event: ChannelEvent,
    encode: (event: ChannelEvent) => Promise<Frame>,
  ): Promise<Frame> {
    // An id is given once on a timeline, but for the clock, where it is given once a zone.
    const key = `${event.id} ${event.channel}`;
    const known = this.#frames.get(key);
    if (known) return known;
    const frame = await encode(event);
    this.#keep(key, frame);
    return frame;
  }

  /** Lets go of everything: a new timeline may give ids anew. */
  clear(): void {
    this.#frames.clear();
    this.#bytes = 0;
  }

  #keep(key: string, frame: Frame): void {
    if (this.#frames.has(key)) return;
    this.#frames.set(key, frame);
    this.#bytes += frame.length;
    for (const [oldest, { length }] of this.#frames) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#frames.delete(oldest);
      this.#bytes -= length;
    }
  }
}
