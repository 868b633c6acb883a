import { UnavailableError, UnreadableError } from "../history.ts";
import { JournalTrouble } from "../trouble.ts";
import type { SqliteFileWatch } from "./file_watch.ts";

/** How often the file is looked at, and written to where nothing else was, in ms. */
const TRIAL_MS = 5_000;
/** How much a trial writes, at most, in bytes of data. */
const MAX_TRIAL_BYTES = 64 * 1024;

/** Whether a journal's file can be read and written, as all that is done with it shows, and a trial every 5 s. */
export class SqliteHealth implements Disposable {
  readonly #path: string;
  readonly #file: Pick<SqliteFileWatch, "look">;
  readonly #probe: (bytes: number) => void;
  readonly #reading = new JournalTrouble();
  readonly #writing = new JournalTrouble();
  readonly #timer: ReturnType<typeof setInterval>;
  /** Whether something was written since the last trial. */
  #hasWritten = false;
  /** How large the last write that failed was, in bytes. */
  #failedBytes = 0;
  /** A reading that failed for good, until it does not. */
  #failedReading: (() => unknown) | undefined;

  /**
   * @param path What the log calls the file.
   * @param probe Appends so many bytes to no channel; 0 stands for as little as can be written.
   */
  constructor(
    path: string,
    file: Pick<SqliteFileWatch, "look">,
    probe: (bytes: number) => void,
  ) {
    this.#path = path;
    this.#file = file;
    this.#probe = probe;
    this.#timer = setInterval(() => this.#try(), TRIAL_MS);
  }

  /** Whether all that was done last could be done, and the files are there. */
  get isGood(): boolean {
    const change = this.#file.look();
    if (change) this.#noteUnwritten(change);
    return this.#reading.isNone && this.#writing.isNone;
  }

  /**
   * Writes, unless that could be lost.
   *
   * @param bytes How much, about.
   * @returns The error for those who wait for it, or nothing where it is done.
   */
  write(write: () => void, bytes = 0): UnavailableError | undefined {
    try {
      const change = this.#file.look();
      if (change) throw new Error(change);
      write();
      this.#hasWritten = true;
      this.#failedBytes = 0;
      this.#writing.clear();
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      this.#hasWritten = false;
      this.#failedBytes = Math.min(
        Math.max(this.#failedBytes, bytes),
        MAX_TRIAL_BYTES,
      );
      this.#noteUnwritten(message);
      return new UnavailableError(`The journal failed: ${message}`, {
        cause: error,
      });
    }
  }

  /**
   * Reads.
   *
   * @throws whatever the reading throws.
   */
  read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof UnreadableError) {
        this.#failedReading ??= read;
        this.#reading.note(`cannot read "${this.#path}": ${error.message}`);
      }
      throw error;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Finds out what nobody asks for: whether the file can be written, and whether what failed can be read again. */
  #try(): void {
    if (!this.#hasWritten) this.write(() => this.#probe(this.#failedBytes));
    this.#hasWritten = false;
    try {
      this.#failedReading?.();
    } catch {
      // It is known already.
      return;
    }
    this.#failedReading = undefined;
    this.#reading.clear();
  }

  #noteUnwritten(reason: string): void {
    this.#writing.note(`cannot append to "${this.#path}": ${reason}`);
  }
}
