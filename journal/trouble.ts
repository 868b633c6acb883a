import { log } from "../log/log.ts";

/**
 * What keeps a journal from doing its work, as readiness and the log tell it: each reason is logged once, until the
 * journal works again.
 */
export class JournalTrouble {
  readonly #reasons = new Set<string>();

  /** Whether nothing is known to be wrong. */
  get isNone(): boolean {
    return this.#reasons.size === 0;
  }

  /** @param reason What went wrong, as a sentence without its full stop and without secrets. */
  note(reason: string): void {
    if (this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    log(`the journal failed: ${reason}`);
  }

  /** Call where the journal has just done what it could not do. */
  clear(): void {
    if (this.isNone) return;
    this.#reasons.clear();
    log("the journal works again");
  }
}
