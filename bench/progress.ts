const WIDTH = 30;

/** A progress bar on standard error, if that is a terminal. */
export class Progress {
  readonly #total: number;
  readonly #isShown = Deno.stderr.isTerminal();
  #done = 0;

  /** @param total How many steps there are. */
  constructor(total: number) {
    this.#total = total;
  }

  /** Shows what is being done. */
  show(text: string): void {
    if (!this.#isShown) return;
    const filled = Math.round(WIDTH * this.#done / this.#total);
    const bar = "#".repeat(filled) + "·".repeat(WIDTH - filled);
    this.#write(`\r\x1b[K[${bar}] ${this.#done}/${this.#total} ${text}`);
  }

  /** Counts one step. */
  advance(): void {
    this.#done++;
  }

  /** Removes the bar, so that other output can be written. */
  clear(): void {
    if (this.#isShown) this.#write("\r\x1b[K");
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}
