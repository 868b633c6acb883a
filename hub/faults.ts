import { log } from "../log/log.ts";

/** Counts and logs failures that cost a stream, a tick or an event, and nothing else. */
export class Faults {
  #count = 0;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /**
   * @param message One line that says what the failure cost.
   * @param error What was caught: its stack is logged.
   */
  note(message: string, error: unknown): void {
    this.#count++;
    log.error(message, { error });
  }
}
