import type { Frame } from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";

/** How much memory the frames may take, in bytes: enough for many readers that come back together. */
const MAX_BYTES = 4 * 1024 * 1024;
/** What a frame takes besides its own bytes: an array, a buffer, a key and its place in the map. */
const FRAME_OVERHEAD = 512;

/** Frames that were encoded for one replay, kept for others that replay the same events. */
export class FrameCache {
  readonly #frames = new Map<string, Frame>();
  #bytes = 0;

  /** The event's frame: a kept one, else what `encode` returns. */
  async get(
    event: ChannelEvent,
    encode: (event: ChannelEvent) => Promise<Frame>,
  ): Promise<Frame> {
    // A timeline gives an id to one event. The clock gives it to one event of each zone.
    const key = `${event.id} ${event.channel}`;
    const known = this.#frames.get(key);
    if (known) return known;
    const frame = await encode(event);
    this.#keep(key, frame);
    return frame;
  }

  /** Lets go of everything: a new timeline may give the same ids to other events. */
  clear(): void {
    this.#frames.clear();
    this.#bytes = 0;
  }

  #keep(key: string, frame: Frame): void {
    if (this.#frames.has(key)) return;
    this.#frames.set(key, frame);
    this.#bytes += cost(frame);
    for (const [oldest, oldFrame] of this.#frames) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#frames.delete(oldest);
      this.#bytes -= cost(oldFrame);
    }
  }
}

function cost({ length }: Frame): number {
  return length + FRAME_OVERHEAD;
}
