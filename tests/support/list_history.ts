import {
  compareEventIds,
  type EventId,
  ORIGIN,
} from "../../events/event_id.ts";
import type {
  History,
  LatestQuery,
  Reading,
  ReadLimits,
  ReadQuery,
} from "../../journal/history.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { isKnown, readWithin } from "../../journal/reading.ts";

/** A history in a list, which can lose its oldest events. */
export class ListHistory implements History {
  readonly events: ChannelEvent[] = [];
  /** Events up to this id are lost. */
  forgotten: EventId = ORIGIN;
  /** How often it was read. */
  reads = 0;

  /** Makes the next event, a millisecond after the one before. */
  add(channel: string, data: string, type?: string): ChannelEvent {
    const id: EventId = `${this.events.length + 1}-0`;
    const event = { channel, data, id, ...(type && { type }) };
    this.events.push(event);
    return event;
  }

  /** The last id given out. */
  get last(): EventId {
    return this.events.at(-1)?.id ?? ORIGIN;
  }

  read(
    { channels, after, upTo }: ReadQuery,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    this.reads++;
    const kept = { floor: this.forgotten, last: this.last };
    return Promise.resolve(
      isKnown(after, kept)
        ? readWithin(
          this.events.filter(({ channel, id }) =>
            channels.includes(channel) && compareEventIds(id, after) > 0 &&
            compareEventIds(id, upTo) <= 0
          ),
          limits,
        )
        : undefined,
    );
  }

  floor(): Promise<EventId> {
    return Promise.resolve(this.forgotten);
  }

  latest(
    { channels, upTo, count, after }: LatestQuery,
    limits: ReadLimits,
  ): Promise<Reading> {
    this.reads++;
    const known = this.events.filter(({ id }) =>
      compareEventIds(id, upTo) <= 0
    );
    const newest = new Set(
      channels.flatMap((name) =>
        known.filter(({ channel }) => channel === name).slice(-count)
      ),
    );
    const events = known.filter((event) =>
      newest.has(event) && compareEventIds(event.id, after) > 0
    );
    return Promise.resolve(readWithin(events, limits));
  }
}
