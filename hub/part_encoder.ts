import type { ChannelEvent } from "../events/message.ts";
import { isNote, type TimelineRecord } from "../journal/note.ts";
import { EncodedEvent } from "./encoded_event.ts";
import type { EventEncoder } from "./event_encoder.ts";
import type { Form } from "./format.ts";
import type { Registry } from "./registry.ts";

/** What a part's records are in one form, one for each record: nothing for a note, and where nobody gets the event. */
type InOneForm = readonly (EncodedEvent | undefined)[];

/** A part of the timeline, encoded in the forms that were asked for. */
export type EncodedPart = Readonly<Record<Form, InOneForm>>;

const NOTHING: InOneForm = [];

/** Encodes parts of the timeline, in the order of the calls. */
export class PartEncoder {
  readonly #registry: Registry;
  readonly #encoder: EventEncoder;

  constructor(registry: Registry, encoder: EventEncoder) {
    this.#registry = registry;
    this.#encoder = encoder;
  }

  /** Encodes what subscribers of now will get, in the forms in which they get it. */
  async encode(records: readonly TimelineRecord[]): Promise<EncodedPart> {
    const [text, json] = await Promise.all([
      this.#encodeAs("text", records),
      this.#encodeAs("json", records),
    ]);
    return { text, json };
  }

  #encodeAs(
    form: Form,
    records: readonly TimelineRecord[],
  ): InOneForm | Promise<InOneForm> {
    const feeds = this.#registry.feeds(form);
    if (feeds.size === 0) return NOTHING;
    return Promise.all(
      records.map((record) =>
        !isNote(record) && feeds.about(record.channel).length > 0
          ? this.#encodeEvent(form, record)
          : undefined
      ),
    );
  }

  async #encodeEvent(form: Form, event: ChannelEvent): Promise<EncodedEvent> {
    const frame = await this.#encoder.encode(event, form);
    return new EncodedEvent(frame, event.channel);
  }
}
