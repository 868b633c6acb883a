import { type EventId, ORIGIN } from "../events/event_id.ts";
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
import { FORMS } from "./format.ts";
import { type EncodedPart, PartEncoder } from "./part_encoder.ts";
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
  readonly #encoder: PartEncoder;
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
    const encoder = new EventEncoder(parts.faults);
    this.#encoder = new PartEncoder(this.#registry, encoder);
    this.#onMove = parts.onMove;
    this.#beginning = last;
    this.#position = { ordinal: 0, id: last ?? ORIGIN };
    this.spans = new EpochSpans(this.#position.id);
    this.reader = new PageReader(history, encoder);
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
    const encoding = this.#encoder.encode(first!);
    return this.#serial.run(async () => {
      let encoded = await encoding;
      let part = first!;
      for (const next of others) {
        this.#push(part, encoded, part.at(-1)!.id);
        part = next;
        encoded = await this.#encoder.encode(next);
      }
      this.#push(part, encoded, last);
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
        this.#registry.feedsOf(names).flatMap((feed) => [...feed.audiences]),
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

  #moveTo(position: Position): void {
    this.spans.restart(position.id);
    this.#jump(position, this.#registry.names);
    this.#onMove();
  }

  /** Goes on at a position. The rings of the names and patterns let go of everything before it. */
  #jump(position: Position, names: readonly string[]): void {
    this.#position = position;
    for (const { ring } of this.#registry.feedsOf(names)) ring.skip(position);
  }

  #push(
    records: readonly TimelineRecord[],
    encoded: EncodedPart,
    last: EventId,
  ): void {
    for (const [i, record] of records.entries()) {
      if (isNote(record)) this.#takeNote(record);
      else this.#take(record, encoded, i);
    }
    this.#position = { ordinal: this.#position.ordinal, id: last };
    this.spans.extend(last);
    this.#flusher.flush();
    this.#onMove();
  }

  #take({ channel, id }: ChannelEvent, encoded: EncodedPart, i: number): void {
    const position = { ordinal: this.#position.ordinal + 1, id };
    this.#position = position;
    for (const form of FORMS) {
      const event = encoded[form][i];
      for (
        const { ring, audiences } of this.#registry.feeds(form).about(channel)
      ) {
        // Without it, the first subscriber came after the encoding began: the history has the event.
        if (event) ring.push(position, event);
        else ring.skip(position);
        for (const audience of audiences) {
          audience.grow();
          this.#flusher.add(audience);
        }
      }
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
