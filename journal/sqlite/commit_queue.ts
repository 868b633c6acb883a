import type { EventId } from "../../events/event_id.ts";
import { KeyConflictError } from "../journal.ts";
import type { TimelineRecord } from "../note.ts";
import type { SqliteHealth } from "./health.ts";
import type { Changes, SqliteWriter } from "./writer.ts";

/** A change that waits for its commit. */
interface Waiting {
  /** Makes the change, and keeps its outcome. */
  run(changes: Changes): void;
  /** How much it writes, roughly, in bytes. */
  bytes: number;
  /** Says what became of it. */
  settle(failure?: Error): void;
}

/** Changes that wait for one commit: it waits for the disk, however little it holds. */
export class CommitQueue {
  readonly #writer: SqliteWriter;
  readonly #health: SqliteHealth;
  readonly #onAppended: (
    records: readonly TimelineRecord[],
    last: EventId,
  ) => void;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onAppended Called with what was appended, before those who appended it are told. */
  constructor(
    writer: SqliteWriter,
    health: SqliteHealth,
    onAppended: (records: readonly TimelineRecord[], last: EventId) => void,
  ) {
    this.#writer = writer;
    this.#health = health;
    this.#onAppended = onAppended;
  }

  /**
   * Makes a change with the next commit. All that come in one turn of the event loop share it.
   *
   * @param change Returns the outcome, or throws a {@linkcode KeyConflictError} before it has changed anything.
   * @param bytes How much it writes, roughly.
   * @throws {UnavailableError} Nothing was written.
   */
  add<T>(change: (changes: Changes) => T, bytes: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let settle = () => {};
    this.#waiting.push({
      run(changes) {
        try {
          const outcome = change(changes);
          settle = () => resolve(outcome);
        } catch (error) {
          if (!(error instanceof KeyConflictError)) throw error;
          settle = () => reject(error);
        }
      },
      bytes,
      settle: (failure) => failure ? reject(failure) : settle(),
    });
    this.#timer ??= setTimeout(() => this.flush());
    return promise;
  }

  /** Commits what waits: either all of it is durable afterwards, or nothing of it is there. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    let records: readonly TimelineRecord[] = [];
    const failure = this.#health.write(
      () => {
        records = this.#writer.write((changes) => {
          for (const { run } of waiting) run(changes);
        });
      },
      waiting.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    if (!failure) this.#onAppended(records, this.#writer.last);
    for (const { settle } of waiting) settle(failure);
  }
}
