import { type EventId, ORIGIN } from "../events/event_id.ts";
import type { Frame } from "../events/frame.ts";
import type { Position } from "./ring.ts";
import type { Write } from "./step.ts";

/** How far a member of an audience has come. Shared by all members at the same position. */
export interface Cursor extends Position {
  /** How many events the audience had been sent up to there. */
  readonly total: number;
  /** How many skips the audience had been through. Totals from before and after a skip cannot be compared. */
  readonly skips: number;
}

/** Frames for one write. Shared by all members that take them from the same cursor. */
export interface Chunk extends Write {
  readonly bytes: Frame;
  readonly last: EventId;
  readonly next: Cursor;
}

/** The place of a cursor. That of a stream which was opened before the timeline began has no id of its own. */
export function orBeginning(id: EventId, beginning: EventId): EventId {
  return id === ORIGIN ? beginning : id;
}
