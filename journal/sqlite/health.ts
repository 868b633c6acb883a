import { UnavailableError, UnreadableError } from "../history.ts";
import { JournalTrouble } from "../trouble.ts";
import type { FileWatch } from "./file_watch.ts";

/** How often to try to write where nothing else was written, and to read what could not be read, in ms. */
const TRIAL_MS = 5_000;
/** How much a trial writes at most, in bytes of data. */
const MAX_TRIAL_BYTES = 64 * 1024;

/** Whether a journal's file can be read and written. Every use of it shows that, and a trial every 5 s. */
export class SqliteHealth implements Disposable {
  readonly #path: string;
  readonly #file: FileWatch;
  readonly #probe: (bytes: number) => void;
  readonly #reading = new JournalTrouble();
  readonly #writing = new JournalTrouble();
  readonly #removing = new JournalTrouble();
  readonly #timer: ReturnType<typeof setInterval>;
  /** Whether something was written since the last trial. */
  #hasWritten = false;
  /** How large the largest write was that failed, in bytes: on a full disk a smaller one may succeed. */
  #failedBytes = 0;
  /** A reading that failed for good. It is tried again until it succeeds. */
  #failedReading: (() => unknown) | undefined;

  /**
   * @param path The file's name in the log.
   * @param probe Writes so many bytes as a trial; with 0, as little as can be written.
   */
  constructor(
    path: string,
    file: FileWatch,
    probe: (bytes: number) => void,
  ) {
    this.#path = path;
    this.#file = file;
    this.#probe = probe;
    this.#timer = setInterval(() => this.#try(), TRIAL_MS);
  }

  /** Whether the last write and the last readings succeeded, old events can be removed, and the files are there. */
  get isGood(): boolean {
    this.#look();
    return this.#reading.isNone && this.#writing.isNone &&
      this.#removing.isNone;
  }

  /** Notes whether what exceeds the retention can be removed. */
  noteRemoval(failure?: Error): void {
    if (!failure) return this.#removing.clear();
    this.#removing.note(
      `cannot remove old events from "${this.#path}", and keeps them: ${failure.message}`,
    );
  }

  /**
   * Writes, unless what is written could be lost.
   *
   * @param bytes How much, roughly.
   * @returns The error to reject the appends with; nothing where it is written.
   */
  write(write: () => void, bytes = 0): UnavailableError | undefined {
    try {
      const change = this.#file.look();
      if (change) throw new Error(change);
      try {
        write();
      } finally {
        this.#file.noteWrite();
      }
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
   * Reads, and notes where that fails for good.
   *
   * @throws {unknown} What `read` throws.
   */
  read<T>(read: () => T): T {
    const attempt = () => {
      const change = this.#file.look();
      if (this.#file.isOverwritten) throw new UnreadableError(change);
      return read();
    };
    try {
      return attempt();
    } catch (error) {
      if (error instanceof UnreadableError) {
        this.#failedReading ??= attempt;
        this.#reading.note(`cannot read "${this.#path}": ${error.message}`);
      }
      throw error;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Finds out whether the file can be written though nobody publishes, and whether what failed can be read by now. */
  #try(): void {
    if (this.#hasWritten) this.#look();
    else this.write(() => this.#probe(this.#failedBytes));
    this.#hasWritten = false;
    try {
      this.#failedReading?.();
    } catch {
      // The reason was noted when the reading failed first.
      return;
    }
    this.#failedReading = undefined;
    this.#reading.clear();
  }

  #look(): void {
    const change = this.#file.look();
    if (change) this.#noteUnwritten(change);
  }

  #noteUnwritten(reason: string): void {
    this.#writing.note(`cannot append to "${this.#path}": ${reason}`);
  }
}
