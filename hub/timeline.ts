import { type EventId, ORIGIN } from "../events/event_id.ts";
import type { Frame } from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { History } from "../journal/history.ts";
import {
  isNote,
  type NoteRecord,
  type TimelineRecord,
} from "../journal/note.ts";
import { changedChannels } from "./changed_channels.ts";
import { EventEncoder } from "./event_encoder.ts";
import { EpochSpans } from "./epoch_spans.ts";
import type { Flusher } from "./flusher.ts";
import { PageReader } from "./page_reader.ts";
import { Pages } from "./pages.ts";
import { toParts } from "./parts.ts";
import type { Registry } from "./registry.ts";
import type { Position } from "./ring.ts";
import { Serial } from "./serial.ts";
import type { TimelineParts } from "./timeline_parts.ts";
import { Turns } from "./turns.ts";

/** A hub's one order of events: takes them in, encodes each once, and puts the frames into the rings. */
export class Timeline {
  readonly #history: History;
  /** For the readers that catch up. */
  readonly turns: Turns = new Turns();
  readonly reader: PageReader;
  readonly pages: Pages;
  /** Whether a fresh stream says where it begins. */
  readonly saysLive: boolean;
  /** Which epoch was at each place that has come here. */
  readonly spans: EpochSpans;
  readonly #registry: Registry;
  readonly #flusher: Flusher;
  readonly #onMove: () => void;
  readonly #encoder: EventEncoder;
  readonly #serial = new Serial();
  #position: Position;
  #beginning: EventId | undefined;
  #resets = 0;

  constructor(parts: TimelineParts) {
    const { history, memory, last, pageLifetimeMs: lifetimeMs } = parts;
    this.saysLive = parts.saysLive;
    this.#history = history;
    this.#registry = parts.registry;
    this.#flusher = parts.flusher;
    this.#encoder = new EventEncoder(parts.faults);
    this.#onMove = parts.onMove;
    this.#beginning = last;
    this.#position = { ordinal: 0, id: last ?? ORIGIN };
    this.spans = new EpochSpans(this.#position.id);
    this.reader = new PageReader(history, this.#encoder);
    this.pages = new Pages({ reader: this.reader, memory, lifetimeMs });
  }

  /** How far it has come. Each move makes a new object, so that two positions can be compared by identity. */
  get position(): Position {
    return this.#position;
  }

  /** The id after which its first event comes, once that is known. */
  get beginning(): EventId | undefined {
    return this.#beginning;
  }

  /** How often it has ended, and another one begun. */
  get resets(): number {
    return this.#resets;
  }

  /** Takes in what comes next, see {@linkcode Hub.append}. */
  append(records: readonly TimelineRecord[], last: EventId): Promise<void> {
    const [first, ...others] = toParts(records);
    const encoded = this.#encode(first!);
    return this.#serial.run(async () => {
      let frames = await encoded;
      let part = first!;
      for (const next of others) {
        this.#push(part, frames, part.at(-1)!.id);
        part = next;
        frames = await this.#encode(next);
      }
      this.#push(part, frames, last);
    });
  }

  /** Says where it stands, see {@linkcode Hub.begin}. */
  begin(id: EventId): Promise<void> {
    return this.#serial.run(() => {
      this.#beginning = id;
      this.#moveTo({ ordinal: 0, id });
    });
  }

  /** Leaves out a part, see {@linkcode Hub.skip}. */
  skip(to: EventId): Promise<void> {
    return this.#serial.run(async () => {
      const { ordinal, id } = this.#position;
      const names = await changedChannels(
        this.#registry,
        this.#history,
        id,
        to,
      );
      this.spans.skip(to);
      this.#jump({ ordinal: ordinal + 1, id: to }, names);
      const audiences = new Set(
        names.flatMap((name) => [
          ...this.#registry.channels.get(name)?.audiences ?? [],
        ]),
      );
      for (const audience of audiences) {
        audience.skip(id);
        this.#flusher.add(audience);
      }
      this.#flusher.flush();
      this.#onMove();
    });
  }

  /** Ends it and begins another, see {@linkcode Hub.reset}. */
  reset(id: EventId): Promise<void> {
    return this.#serial.run(() => {
      this.#resets++;
      this.pages.clear();
      this.#moveTo({ ordinal: this.#position.ordinal + 1, id });
      for (const audience of this.#registry.audiences) {
        audience.clear();
        this.#flusher.add(audience);
      }
      this.#flusher.flush();
    });
  }

  /** Encodes what subscribers of now will get. */
  #encode(
    records: readonly TimelineRecord[],
  ): Promise<readonly (Frame | undefined)[]> {
    return Promise.all(
      records.map((record) =>
        !isNote(record) && this.#registry.channels.has(record.channel)
          ? this.#encoder.encode(record)
          : undefined
      ),
    );
  }

  #moveTo(position: Position): void {
    this.spans.restart(position.id);
    this.#jump(position, this.#registry.names);
    this.#onMove();
  }

  /** Goes on at a position. The rings of the channels let go of everything before it. */
  #jump(position: Position, names: readonly string[]): void {
    this.#position = position;
    for (const name of names) {
      this.#registry.channels.get(name)?.ring.skip(position);
    }
  }

  #push(
    records: readonly TimelineRecord[],
    frames: readonly (Frame | undefined)[],
    last: EventId,
  ): void {
    for (const [i, record] of records.entries()) {
      if (isNote(record)) this.#takeNote(record);
      else this.#take(record, frames[i]);
    }
    this.#position = { ordinal: this.#position.ordinal, id: last };
    this.spans.extend(last);
    this.#flusher.flush();
    this.#onMove();
  }

  #take({ channel: name, id }: ChannelEvent, frame: Frame | undefined): void {
    const position = { ordinal: this.#position.ordinal + 1, id };
    this.#position = position;
    const channel = this.#registry.channels.get(name);
    if (!channel) return;
    // Without a frame, the channel got its first subscriber after the encoding began: the history has the event.
    if (frame) channel.ring.push(position, frame);
    else channel.ring.skip(position);
    for (const audience of channel.audiences) {
      audience.grow();
      this.#flusher.add(audience);
    }
  }

  /** The one place where the notes that the tail brings can be acted upon. */
  #takeNote({ id }: NoteRecord): void {
    // A note may begin an epoch. What came before it belongs to the one before.
    this.spans.extend(this.#position.id);
    this.spans.extend(id);
    this.#position = { ordinal: this.#position.ordinal, id };
  }
}
