import { toEnvelope } from "../events/envelope.ts";
import {
  checkFrame,
  type Frame,
  FrameEncoder,
  type FrameFields,
  HEARTBEAT,
} from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { Faults } from "./faults.ts";
import type { Form } from "./format.ts";

/** Encodes events, in the order of the calls. */
export class EventEncoder {
  readonly #faults: Faults;
  readonly #encoder = new FrameEncoder();

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** The event's frame. A comment takes its place where it cannot be sent, so that the events after it still come. */
  encode(event: ChannelEvent, form: Form): Promise<Frame> {
    const fields = FIELDS[form](event);
    try {
      checkFrame(fields);
    } catch (error) {
      this.#faults.note(`the event ${event.id} cannot be sent`, error);
      return Promise.resolve(HEARTBEAT);
    }
    return this.#encoder.encode(fields);
  }
}

const FIELDS: Record<Form, (event: ChannelEvent) => FrameFields> = {
  text: ({ type, data, id }) => ({ event: type, data, id }),
  json: (event) => ({ data: toEnvelope(event), id: event.id }),
};
