import { assert, assertEquals } from "@std/assert";
import { compareEventIds, type EventId } from "../../../events/event_id.ts";
import { covers } from "../../../events/pattern.ts";
import type { Entry, Journal } from "../../../journal/journal.ts";
import { isNote, type TimelineRecord } from "../../../journal/note.ts";
import { after, EARLIEST, END, readAll } from "../../support/read_events.ts";

/** Everything that was ever appended to a journal: what its answers are compared with. */
export class Model {
  readonly records: TimelineRecord[] = [];
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Appends a batch, and expects the right ids. */
  async append(entries: readonly Entry[]): Promise<void> {
    const ids = await this.#journal.append(entries);
    for (const [i, entry] of entries.entries()) {
      const newest = this.records.at(-1)?.id;
      assert(!newest || compareEventIds(newest, ids[i]!) < 0);
      this.records.push({ ...entry, id: ids[i]! } as TimelineRecord);
    }
  }

  /** The records of channels and patterns between two places. */
  between(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): TimelineRecord[] {
    return this.records.filter(({ channel, id }) =>
      channels.some((asked) => covers(asked, channel!)) &&
      compareEventIds(id, after) > 0 &&
      compareEventIds(id, upTo) <= 0
    );
  }

  /** Reads after an id a page at a time, and compares. Between the pages, the journal goes on. */
  async read(
    channels: readonly string[],
    from: EventId,
    upTo: EventId,
    maxEvents: number,
    between: () => Promise<void>,
  ): Promise<void> {
    const limits = { maxEvents, maxLength: 60 };
    const read: TimelineRecord[] = [];
    let next = from;
    while (true) {
      const query = { channels, from: after(next), upTo };
      const answer = await this.#journal.read(query, limits);
      assert(answer.kind !== "unknown");
      if (answer.kind === "gone") {
        await this.checkGone(channels, next, answer.floor);
        return;
      }
      assert(answer.records.length <= maxEvents);
      read.push(...answer.records);
      if (answer.isComplete) break;
      next = answer.records.at(-1)!.id;
      await between();
    }
    assertEquals(read, this.between(channels, from, upTo));
  }

  /** Expects that something was let go, and that everything after the floor is held. */
  async checkGone(
    channels: readonly string[],
    from: EventId,
    floor: EventId,
  ): Promise<void> {
    assert(compareEventIds(from, floor) < 0, `${from} is before ${floor}`);
    const rest = await readAll(
      this.#journal,
      channels,
      after(from, floor as `${number}-${number}`),
    );
    assert(rest.kind === "found");
    assertEquals(
      rest.records.filter(({ id }) => compareEventIds(id, floor) > 0),
      this.between(channels, floor, END),
    );
    const all = this.between(channels, from, END).map(({ id }) => id);
    for (const { id } of rest.records) assert(all.includes(id), id);
    const every = [...new Set(this.records.map(({ channel }) => channel!))];
    const held = await this.held(every);
    const lost = this.between(every, from, floor).some(({ id }) =>
      !held.records.some((record) => record.id === id)
    );
    assert(lost, `nothing between ${from} and ${floor} is gone`);
  }

  /** Reads what is held, and expects that it is all after the floor that it names. */
  async held(channels: readonly string[]): Promise<
    { records: readonly TimelineRecord[]; floor: EventId }
  > {
    const answer = await readAll(this.#journal, channels, EARLIEST);
    assert(answer.kind === "found");
    const { records, unproved: floor } = answer;
    assert(floor !== undefined);
    assertEquals(
      records.filter(({ id }) => compareEventIds(id, floor) > 0),
      this.between(channels, floor, END),
    );
    return { records, floor };
  }

  /** Expects that each channel holds its newest events, and no more than so many. */
  async checkCounts(
    channels: readonly string[],
    maxEvents: number,
  ): Promise<void> {
    for (const channel of channels) {
      const { records } = await this.held([channel]);
      const expected = this.records.filter((record) =>
        record.channel === channel && !isNote(record)
      );
      assertEquals(
        records.filter((record) => !isNote(record)),
        expected.slice(-maxEvents),
      );
    }
  }
}
