import { concat } from "@std/bytes/concat";
import { type Output, writeFully } from "./write_fully.ts";

/** How much may wait, in UTF-16 code units: some thousand lines. */
const MAX_CHARS = 1_048_576;
const NEWLINE = 0x0a;

/** A part of what is written at once. */
interface Part {
  readonly bytes: Uint8Array;
  /** How many lines are lost if it is not written. */
  readonly lines: number;
}

/**
 * Lines on their way to an output, in order. It never blocks: where the output is slower than what is logged, or
 * nobody reads it, lines wait in memory, up to a limit. A line too many is counted, and so are those that the output
 * refuses, as a full disk does; their number is written when there is room again.
 */
export class LineQueue {
  readonly #output: Output;
  readonly #describeLost: (count: number) => string;
  readonly #encoder = new TextEncoder();
  #lines: string[] = [];
  /** The size of what waits and of what is being written. */
  #chars = 0;
  /** Lines lost after all that wait, as there was no room for them. */
  #lostAfter = 0;
  /** Lines lost before all that wait, as the output refused them. */
  #lostBefore = 0;
  /** Whether the output has the beginning of a line that it refused the rest of. */
  #isMidLine = false;
  #running: Promise<void> | undefined;

  /** @param describeLost Makes the line that says how many lines are missing in its place. */
  constructor(output: Output, describeLost: (count: number) => string) {
    this.#output = output;
    this.#describeLost = describeLost;
  }

  /** @param line One or more lines, without a newline at the end. They are kept or lost as one. */
  push(line: string): void {
    // Once a line is lost, no later one may take the place of those that are counted.
    if (this.#lostAfter > 0 || this.#chars + line.length > MAX_CHARS) {
      this.#lostAfter++;
      return;
    }
    this.#lines.push(line);
    this.#chars += line.length;
    this.#running ??= this.#run();
  }

  /** Resolves when all lines so far are written or lost. */
  async flushed(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // What is logged in the same turn goes into one write.
    await Promise.resolve();
    while (this.#lines.length > 0 || this.#lostAfter > 0) {
      await this.#writeAll();
    }
    this.#running = undefined;
  }

  /** Writes all that waits, and says what is missing. */
  async #writeAll(): Promise<void> {
    const chars = this.#lines.reduce((sum, line) => sum + line.length, 0);
    const parts = [
      ...this.#notice(this.#lostBefore),
      ...this.#lines.map((line) => this.#encode(line, 1)),
      ...this.#notice(this.#lostAfter),
    ];
    this.#lines = [];
    this.#lostBefore = this.#lostAfter = 0;
    const start = this.#encoder.encode(this.#isMidLine ? "\n" : "");
    const bytes = concat([start, ...parts.map((part) => part.bytes)]);
    const { bytes: written } = await writeFully(this.#output, bytes);
    if (written > 0) this.#isMidLine = bytes[written - 1] !== NEWLINE;
    let end = start.length;
    for (const part of parts) {
      end += part.bytes.length;
      if (end > written) this.#lostBefore += part.lines;
    }
    this.#chars -= chars;
  }

  #notice(lost: number): Part[] {
    return lost === 0 ? [] : [this.#encode(this.#describeLost(lost), lost)];
  }

  #encode(line: string, lines: number): Part {
    return { bytes: this.#encoder.encode(`${line}\n`), lines };
  }
}
