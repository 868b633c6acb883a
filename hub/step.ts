import { concat } from "@std/bytes/concat";
import { encodeStatus, type Frame, type Status } from "../events/frame.ts";
import type { Position } from "./ring.ts";

/** Bytes to write. */
export interface Write {
  readonly bytes: Frame;
  /** How many events they hold. */
  readonly count: number;
  /** The status event at their end, if there is one. It is not counted as an event. */
  readonly status?: Status;
}

/** Nothing to write until the timeline has moved from a position. */
export interface Wait {
  readonly waitFrom: Position;
}

/** A write of a status event alone. */
export function writeStatus(status: Status): Write {
  return { bytes: encodeStatus(status), count: 0, status };
}

/** The write with a status event at its end; of the status event alone where there is no write. */
export function withStatus(write: Write | undefined, status: Status): Write {
  const last = writeStatus(status);
  if (!write) return last;
  const { count, bytes } = write;
  return { status, count, bytes: concat([bytes, last.bytes]) };
}
