const WIDTH = 30;

/** A bar on standard error, where that is a terminal; nothing otherwise. */
export class Progress {
  readonly #total: number;
  readonly #isShown = Deno.stderr.isTerminal();
  #done = 0;

  /** @param total How many steps there are. */
  constructor(total: number) {
    this.#total = total;
  }

  /** Says what is going on. */
  show(text: string): void {
    if (!this.#isShown) return;
    const filled = Math.round(WIDTH * this.#done / this.#total);
    const bar = "#".repeat(filled) + "·".repeat(WIDTH - filled);
    this.#write(`\r\x1b[K[${bar}] ${this.#done}/${this.#total} ${text}`);
  }

  /** Counts a step. */
  advance(): void {
    this.#done++;
  }

  /** Makes room for other output. */
  clear(): void {
    if (this.#isShown) this.#write("\r\x1b[K");
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}
