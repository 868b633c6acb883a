import type { Frame } from "../events/frame.ts";
import type { Position } from "./ring.ts";

/** How far a member of an audience has come. Shared by all members at the same position. */
export interface Cursor extends Position {
  /** How many events the audience had been sent up to there. */
  readonly total: number;
  /** How many skips the audience had been through. Totals from before and after a skip cannot be compared. */
  readonly skips: number;
}

/** Frames for one write. Shared by all members that take them from the same cursor. */
export interface Chunk {
  readonly bytes: Frame;
  readonly count: number;
  readonly next: Cursor;
}
