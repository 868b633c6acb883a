import { concat } from "@std/bytes/concat";
import {
  drawRetryMs,
  encodeRetry,
  type Frame,
  type Status,
} from "../events/frame.ts";
import type { Sent } from "./counts.ts";
import type { StatusFrames } from "./status_frames.ts";
import type { StreamOptions } from "./stream_options.ts";
import type { Write } from "./step.ts";

/** Makes and counts the bytes of one stream. */
export class StreamEncoder {
  readonly #sent: Sent;
  readonly #statusFrames: StatusFrames;
  readonly #hasStatus: boolean;
  /** The id that the client came with, until the stream has one of its own. */
  #lastEventId: string | undefined;
  #hasBegun = false;

  constructor(
    sent: Sent,
    statusFrames: StatusFrames,
    { hasStatus, lastEventId }: StreamOptions,
  ) {
    this.#sent = sent;
    this.#statusFrames = statusFrames;
    this.#hasStatus = hasStatus;
    this.#lastEventId = lastEventId;
  }

  /** The bytes that the stream begins with, if it has not begun yet. */
  begin(): Frame | undefined {
    if (this.#hasBegun) return undefined;
    this.#hasBegun = true;
    return this.#count([encodeRetry(drawRetryMs())]);
  }

  /** The bytes of a write, which are shared where they can be; nothing where the stream leaves all of it out. */
  encode({ bytes, count, status, last }: Write): Frame | undefined {
    const parts = bytes ? [bytes] : [];
    if (count > 0) this.#lastEventId = undefined;
    if (status) parts.push(...this.#statusFrame(status, last));
    if (parts.length === 0) return undefined;
    this.#sent.events += count;
    if (!this.#hasBegun) parts.unshift(encodeRetry(drawRetryMs()));
    this.#hasBegun = true;
    return this.#count(parts);
  }

  /** The bytes that the stream ends with. */
  end(status: Status): Frame {
    return this.#count([
      encodeRetry(drawRetryMs()),
      ...this.#statusFrame(status, undefined),
    ]);
  }

  #statusFrame(status: Status, place: Write["last"]): Frame[] {
    if (!this.#hasStatus) return [];
    this.#sent.statuses[status.state]++;
    const id = place ?? this.#lastEventId;
    if (place) this.#lastEventId = undefined;
    return [this.#statusFrames.encode(status, id)];
  }

  #count(parts: Frame[]): Frame {
    const bytes = parts.length === 1 ? parts[0]! : concat(parts);
    this.#sent.bytes += bytes.length;
    return bytes;
  }
}
