import { type EventId, ORIGIN } from "../events/event_id.ts";
import {
  checkFrame,
  type Frame,
  FrameEncoder,
  HEARTBEAT,
} from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { History } from "../journal/history.ts";
import type { Faults } from "./faults.ts";
import type { Flusher } from "./flusher.ts";
import { FrameCache } from "./frame_cache.ts";
import type { Registry } from "./registry.ts";
import type { Position } from "./ring.ts";
import { Turns } from "./turns.ts";

/** What a timeline works with. */
export interface TimelineParts {
  history: History;
  registry: Registry;
  flusher: Flusher;
  faults: Faults;
  /** Called when the position has changed. */
  onMove(): void;
  /** The id after which the timeline goes on, if that is known already. */
  last: EventId | undefined;
}

/** A hub's one order of events: takes them in, encodes each once, and puts the frames into the rings. */
export class Timeline {
  readonly history: History;
  /** For the readers that catch up. */
  readonly turns: Turns = new Turns();
  readonly #registry: Registry;
  readonly #flusher: Flusher;
  readonly #faults: Faults;
  readonly #onMove: () => void;
  readonly #encoder = new FrameEncoder();
  readonly #replayed = new FrameCache();
  #position: Position;
  #beginning: EventId | undefined;
  #epoch = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    { history, registry, flusher, faults, onMove, last }: TimelineParts,
  ) {
    this.history = history;
    this.#registry = registry;
    this.#flusher = flusher;
    this.#faults = faults;
    this.#onMove = onMove;
    this.#beginning = last;
    this.#position = { ordinal: 0, id: last ?? ORIGIN };
  }

  /** How far it has come. Each move makes a new object, so that two positions can be compared by identity. */
  get position(): Position {
    return this.#position;
  }

  /** The id after which its first event comes, once that is known. */
  get beginning(): EventId | undefined {
    return this.#beginning;
  }

  /** Rises by one when a timeline ends and another begins. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes in what comes next, see {@linkcode Hub.append}. */
  append(events: readonly ChannelEvent[], last: EventId): Promise<void> {
    const encoded = Promise.all(
      events.map((event) =>
        this.#registry.channel(event.channel) && this.#encode(event)
      ),
    );
    return this.#inTurn(async () => this.#push(events, await encoded, last));
  }

  /** Says where it stands, see {@linkcode Hub.begin}. */
  begin(id: EventId): Promise<void> {
    return this.#inTurn(() => {
      this.#beginning = id;
      this.#moveTo({ ordinal: 0, id });
    });
  }

  /** Ends it and begins another, see {@linkcode Hub.reset}. */
  reset(id: EventId): Promise<void> {
    return this.#inTurn(() => {
      this.#epoch++;
      this.#replayed.clear();
      this.#moveTo({ ordinal: this.#position.ordinal + 1, id });
      for (const audience of this.#registry.audiences) {
        this.#flusher.add(audience);
      }
      this.#flusher.flush();
    });
  }

  /** Encodes an event that was read from the history. */
  encode(event: ChannelEvent): Promise<Frame> {
    return this.#replayed.get(event, (event) => this.#encode(event));
  }

  #encode({ type, data, id }: ChannelEvent): Promise<Frame> {
    const fields = { event: type, data, id };
    try {
      checkFrame(fields);
    } catch (error) {
      this.#faults.note(`the event ${id} cannot be sent`, error);
      // A comment takes its place, so that the events after it still come.
      return Promise.resolve(HEARTBEAT);
    }
    return this.#encoder.encode(fields);
  }

  #moveTo(position: Position): void {
    this.#position = position;
    for (const { ring } of this.#registry.channels) ring.skip(position);
    this.#onMove();
  }

  #push(
    events: readonly ChannelEvent[],
    frames: readonly (Frame | undefined)[],
    last: EventId,
  ): void {
    for (const [i, { channel: name, id }] of events.entries()) {
      const position = { ordinal: this.#position.ordinal + 1, id };
      this.#position = position;
      const channel = this.#registry.channel(name);
      if (!channel) continue;
      const frame = frames[i];
      // Without a frame, the channel got its first subscriber after the encoding began: the history has the event.
      if (frame) channel.ring.push(position, frame);
      else channel.ring.skip(position);
      for (const audience of channel.audiences) {
        audience.grow();
        this.#flusher.add(audience);
      }
    }
    this.#position = { ordinal: this.#position.ordinal, id: last };
    this.#flusher.flush();
    this.#onMove();
  }

  /** Does one thing after another. A failure goes to whoever asked for it, and the next one is done all the same. */
  #inTurn(action: () => void | Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => {});
    return done;
  }
}
