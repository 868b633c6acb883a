import type { Socket } from "node:net";
import { HttpError } from "../routes/http_error.ts";

/** How long the head of a request may take, in s: from the connection, or from the first byte after an answer. */
export const MAX_HEAD_S = 10;
/** How long a socket may take nothing of what was written to it, in s: a stream's client comes back, and resumes. */
export const MAX_STALL_S = 300;

/** What lasts too long. */
export type Overdue = "slow_head" | "stalled";

/** A head takes too long. */
export class SlowHeadError extends HttpError {
  override name = "SlowHeadError";

  constructor() {
    super(
      408,
      `Cannot wait for the request's head: it must come within ${MAX_HEAD_S} s`,
    );
  }
}

/** Counts how long a socket keeps the server waiting. */
export class NodeLimits {
  readonly #socket: Socket;
  /** How many bytes had come when the last answer was sent. */
  #readBytes = -1;
  /** How long the head that is coming has taken, in s. */
  #headS = 0;
  /** How many bytes the socket had taken when it last took some. */
  #takenBytes = 0;
  /** How long it has taken nothing, in s. */
  #stallS = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Notes that an answer was sent: the next byte is that of another head. */
  noteAnswered(): void {
    this.#readBytes = this.#socket.bytesRead;
    this.#headS = 0;
  }

  /**
   * Returns what lasts too long now, if anything does. Call it once a second.
   *
   * @param isIdle Whether there is no request: what comes is a head.
   */
  look(isIdle: boolean): Overdue | undefined {
    if (this.#isStalled()) return "stalled";
    return isIdle && this.#isHeadSlow() ? "slow_head" : undefined;
  }

  /**
   * A byte now and then gives a head no more time. The limit of `node:http` does not hold for an empty line before a
   * head, which ends its keep-alive limit, too.
   */
  #isHeadSlow(): boolean {
    const isComing = this.#socket.bytesRead !== this.#readBytes;
    return isComing && ++this.#headS > MAX_HEAD_S;
  }

  #isStalled(): boolean {
    const { writableLength } = this.#socket;
    if (writableLength === 0) {
      this.#stallS = 0;
      return false;
    }
    const takenBytes = this.#socket.bytesWritten - writableLength;
    if (takenBytes !== this.#takenBytes) this.#stallS = 0;
    this.#takenBytes = takenBytes;
    return ++this.#stallS > MAX_STALL_S;
  }
}
