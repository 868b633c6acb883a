import type { Place } from "../../events/event_id.ts";
import type { Epochs } from "../epochs.ts";
import type { TimelineRecord } from "../note.ts";
import type { Floor } from "../proof.ts";
import type { ChannelTable } from "./channel_table.ts";
import type { Timeline } from "./timeline.ts";

/** What a writer knows, and what a transaction makes of it. */
export interface Known extends Timeline {
  /** When the oldest record was appended, in ms since 1970, as far as is known; Infinity where there is none. */
  readonly oldestMs: number;
  /** How many keys there are. */
  readonly keyCount: number;
}

/** What a transaction makes of what is known. It counts once that is committed. */
export class Draft implements Known {
  readonly channels: ChannelTable;
  /** What was appended. */
  readonly records: TimelineRecord[] = [];
  readonly epochs: Epochs;
  last: Place;
  floor: Floor | undefined;
  bytes: number;
  oldestMs: number;
  keyCount: number;

  constructor(known: Known, channels: ChannelTable) {
    this.channels = channels;
    this.epochs = known.epochs.copy();
    this.last = known.last;
    this.floor = known.floor;
    this.bytes = known.bytes;
    this.oldestMs = known.oldestMs;
    this.keyCount = known.keyCount;
  }
}
