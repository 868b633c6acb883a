import { settlesWithin } from "./settles_within.ts";
import { log } from "../log/log.ts";
import { outputsWritten } from "../log/outputs_written.ts";

/** The exit code for a failure of the program itself: `EX_SOFTWARE` of BSD's `sysexits.h`. */
const FAILED = 70;
/** How long the drain may take, in ms: longer than the limits within it together. */
const MAX_DRAIN_MS = 5_000;

/**
 * Ends the process, draining first. Errors that nothing has caught end it, too: they may have broken anything, so a
 * supervisor should start a new process.
 */
export class Ending {
  #drain: () => Promise<void> = () => Promise.resolve();
  #code: number | undefined;

  /** Listens for errors that nothing has caught. */
  constructor() {
    globalThis.addEventListener("error", (event) => {
      event.preventDefault();
      this.fail("an error was not caught", event.error);
    });
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      this.fail("a rejection was not caught", event.reason);
    });
  }

  /** @param drain Called from now on before the process ends. */
  drainBy(drain: () => Promise<void>): void {
    this.#drain = drain;
  }

  /** Drains and exits with 0, or with 70 if anything failed before that or while draining. */
  async end(): Promise<void> {
    if (this.#code !== undefined) return;
    await this.#exit(0);
  }

  /**
   * Logs, drains, and exits with 70.
   *
   * @param message One line that says what failed.
   * @param error What was caught: its stack is logged.
   */
  async fail(message: string, error?: unknown): Promise<void> {
    log.error(`${message}, ending the process`, { error });
    if (this.#code === undefined) await this.#exit(FAILED);
    else this.#code = FAILED;
  }

  async #exit(code: number): Promise<void> {
    this.#code = code;
    try {
      const isDrained = await settlesWithin(MAX_DRAIN_MS, this.#drain());
      if (!isDrained) log.warn("the drain took too long");
    } catch (error) {
      this.#code = FAILED;
      log.error("the drain failed", { error });
    }
    if (this.#code === 0) log.info("drained, ending the process");
    await outputsWritten();
    Deno.exit(this.#code);
  }
}
