/** What happened to a file. */
type Change = "is gone" | "was replaced" | "was truncated";

/** The part of a {@linkcode SqliteFileWatch} that the journal's health needs. */
export type FileWatch = Pick<
  SqliteFileWatch,
  "look" | "noteWrite" | "isOverwritten"
>;

/** A file as it was when last looked at. */
interface Seen {
  readonly path: string;
  readonly dev: number;
  readonly ino: number | null;
  size: number;
  /** When it was last written to, and when anything about it last changed, as text. */
  times: string;
}

/**
 * Watches the files of an open database. When they are moved or deleted, SQLite goes on writing to files that nobody can
 * find any more. When they are overwritten, it does not notice. Only what the system knows of them is looked at: opening
 * such a file and closing it again would end SQLite's locks on it. https://www.sqlite.org/howtocorrupt.html
 */
export class SqliteFileWatch {
  readonly #database: Seen;
  readonly #log: Seen;
  readonly #verify: () => void;
  /** The times at which the files turned out not to be what was written, and why. */
  #overwritten: { times: string; reason: string } | undefined;

  /**
   * @param path The database's file. Its write-ahead log must be there, too.
   * @param verify Called when somebody else may have written to the files. Throws where they are not what was written.
   * @throws {Deno.errors.NotFound} One of the two is missing.
   */
  constructor(path: string, verify: () => void) {
    this.#verify = verify;
    this.#database = see(path);
    // Where the path is a link, SQLite puts the log beside the file that the link leads to.
    this.#log = see(`${Deno.realPathSync(path)}-wal`);
  }

  /**
   * Looks at the files, which takes some µs. Where somebody else may have written to them, SQLite verifies them once.
   *
   * @returns Why what is written now could be lost; nothing where it is safe.
   */
  look(): string | undefined {
    for (const file of this.#files) {
      const change = look(file);
      if (change) return `its ${this.#nameOf(file)} ${change}`;
    }
    const now = this.#files.map(({ path }) => see(path).times);
    const changed = this.#files.find(({ times }, i) => times !== now[i]);
    if (!changed) {
      this.#overwritten = undefined;
      return undefined;
    }
    const times = now.join();
    if (this.#overwritten?.times !== times) {
      try {
        this.#verify();
        this.noteWrite();
        this.#overwritten = undefined;
      } catch (error) {
        const what = `its ${this.#nameOf(changed)} was overwritten`;
        const reason = `${what}: ${(error as Error).message}`;
        this.#overwritten = { times, reason };
      }
    }
    return this.#overwritten?.reason;
  }

  /** Call when this process has written, or tried to. */
  noteWrite(): void {
    for (const file of this.#files) {
      try {
        // A checkpoint can make a file smaller that somebody else has made larger.
        const { size, times } = see(file.path);
        Object.assign(file, { size, times });
      } catch {
        // The next look says that it is gone.
      }
    }
  }

  /** Whether the last look found that the files are not what was written. They must not be read then, either. */
  get isOverwritten(): boolean {
    return this.#overwritten !== undefined;
  }

  /**
   * Whether the database can be closed without harm. When it is closed, SQLite copies its log into the file, and then
   * deletes the file that has the log's name, whatever that is.
   */
  get canClose(): boolean {
    this.look();
    if (this.isOverwritten) return false;
    const log = look(this.#log);
    return look(this.#database) !== "was truncated" &&
      (log === undefined || log === "is gone");
  }

  get #files(): readonly Seen[] {
    return [this.#database, this.#log];
  }

  #nameOf(file: Seen): string {
    return file === this.#database ? "file" : "write-ahead log";
  }
}

function see(path: string): Seen {
  const { dev, ino, size, mtime, ctime } = Deno.statSync(path);
  return { path, dev, ino, size, times: `${+mtime!} ${+ctime!}` };
}

/** Compares a file with what it was. While a database is open, neither of its files ever shrinks. */
function look(file: Seen): Change | undefined {
  let now: Seen;
  try {
    now = see(file.path);
  } catch {
    // Whatever the reason is, the file cannot be found by its name.
    return "is gone";
  }
  if (now.dev !== file.dev || now.ino !== file.ino) return "was replaced";
  if (now.size < file.size) return "was truncated";
  file.size = now.size;
  return undefined;
}
