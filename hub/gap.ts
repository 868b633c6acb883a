import type { Audience } from "./audience.ts";
import type { Cursor } from "./cursor.ts";
import { type Write, writeStatus } from "./step.ts";

/** What a subscriber that fell out of the rings has lost. */
export class Gap {
  readonly #audience: Audience;
  readonly #lost: Cursor;
  #told = 0;

  /** @param lost Where the subscriber fell out. */
  constructor(audience: Audience, lost: Cursor) {
    this.#audience = audience;
    this.#lost = lost;
  }

  /** Whether all events since then were counted: those that a tail left out were not. */
  get isCounted(): boolean {
    return this.#lost.skips === this.#audience.skips;
  }

  /** Says what is gone, and was not said before, where that is known: what was let go since it was counted. */
  sayRest(cursor: Cursor, received: number): Write | undefined {
    return this.isCounted ? this.say(cursor, received) : undefined;
  }

  /**
   * Says how much more is gone than was said before; nothing where that is none.
   *
   * @param cursor Where the subscriber goes on.
   * @param received How many events it gets between where it fell out and there.
   */
  say({ total }: Cursor, received: number): Write | undefined {
    if (!this.isCounted) return writeStatus({ state: "lagged" });
    const missed = total - this.#lost.total - received - this.#told;
    if (missed <= 0) return undefined;
    this.#told += missed;
    return writeStatus({ state: "lagged", missed });
  }
}
