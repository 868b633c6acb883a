import {
  checkFrame,
  type Frame,
  FrameEncoder,
  HEARTBEAT,
} from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { Faults } from "./faults.ts";

/** Encodes events, in the order of the calls. */
export class EventEncoder {
  readonly #faults: Faults;
  readonly #encoder = new FrameEncoder();

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** The event's frame. A comment takes its place where it cannot be sent, so that the events after it still come. */
  encode({ type, data, id }: ChannelEvent): Promise<Frame> {
    const fields = { event: type, data, id };
    try {
      checkFrame(fields);
    } catch (error) {
      this.#faults.note(`the event ${id} cannot be sent`, error);
      return Promise.resolve(HEARTBEAT);
    }
    return this.#encoder.encode(fields);
  }
}
