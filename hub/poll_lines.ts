import type { EventId } from "../events/event_id.ts";
import { toEnvelope } from "../events/envelope.ts";
import type { Frame } from "../events/frame.ts";
import { isNote, type TimelineRecord } from "../journal/note.ts";

/** How many events one poll brings at most. */
export const MAX_POLL_EVENTS = 1_000;
/** How long their lines are together at most, in bytes, unless a single one is longer. */
export const MAX_POLL_BYTES = 1024 * 1024;

/** The last line of a poll. */
export interface PollEnd {
  /** The id after which the next poll goes on. */
  readonly last: EventId;
  /** Whether there is more to fetch now. */
  readonly more: boolean;
  /** Whether nothing was left out between where the poll begins and `last`. */
  readonly complete: boolean;
}

const encoder = new TextEncoder();

/** Writes the lines of one poll, as many as it brings at most. */
export class PollLines {
  #text = "";
  #events = 0;
  #bytes = 0;
  #last: EventId | undefined;

  /** The id of the last record that was added. */
  get last(): EventId | undefined {
    return this.#last;
  }

  /**
   * Adds a line for each event.
   *
   * @returns Whether all had room.
   */
  add(records: readonly TimelineRecord[]): boolean {
    for (const record of records) {
      if (!isNote(record)) {
        const line = `${toEnvelope(record)}\n`;
        const bytes = this.#bytes + encoder.encode(line).length;
        const isTooLong = this.#events > 0 && bytes > MAX_POLL_BYTES;
        if (this.#events === MAX_POLL_EVENTS || isTooLong) return false;
        this.#text += line;
        this.#bytes = bytes;
        this.#events++;
      }
      this.#last = record.id;
    }
    return true;
  }

  /** Takes the lines that were added since it was last called. */
  take(end?: PollEnd): Frame {
    const last = end ? `${JSON.stringify(end)}\n` : "";
    const bytes = encoder.encode(this.#text + last);
    this.#text = "";
    return bytes;
  }
}
