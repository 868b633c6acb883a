import { log } from "../log/log.ts";

/** The reasons why a journal does not work at present. Each is logged once until the journal works again. */
export class JournalTrouble {
  readonly #reasons = new Set<string>();

  /** Whether no reason is known. */
  get isNone(): boolean {
    return this.#reasons.size === 0;
  }

  /** @param reason A sentence without its full stop and without secrets. */
  note(reason: string): void {
    if (this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    log.warn(`the journal failed: ${reason}`);
  }

  /** Call when the journal has done what it could not do before. */
  clear(): void {
    if (this.isNone) return;
    this.#reasons.clear();
    log.info("the journal works again");
  }
}
