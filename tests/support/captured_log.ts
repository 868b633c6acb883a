import { sendLogTo } from "../../log/log.ts";
import type { LogRecord } from "../../log/record.ts";

/** What this thread logs until it is disposed of, in place of standard error. Nothing is left out. */
export class CapturedLog implements Disposable {
  /** Level and message of each line, such as `warn Redis is away: …`. */
  readonly lines: string[] = [];
  readonly records: LogRecord[] = [];
  readonly #restore: () => void;

  constructor() {
    this.#restore = sendLogTo({
      write: (record) => {
        this.records.push(record);
        this.lines.push(`${record.level} ${record.message}`);
      },
      isLimited: false,
    });
  }

  has(text: string): boolean {
    return this.lines.some((line) => line.includes(text));
  }

  [Symbol.dispose](): void {
    this.#restore();
  }
}
