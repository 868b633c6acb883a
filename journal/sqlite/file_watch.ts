/** What happened to a file. */
type Change = "is gone" | "was replaced" | "was truncated";

/** A file as it was when last looked at. */
interface Seen {
  readonly path: string;
  readonly dev: number;
  readonly ino: number | null;
  size: number;
}

/**
 * Watches the files of an open database. When they are moved or deleted, SQLite goes on writing to files that nobody can
 * find any more. Only their device, inode and size are looked at: opening such a file and closing it again would end
 * SQLite's locks on it. https://www.sqlite.org/howtocorrupt.html
 */
export class SqliteFileWatch {
  readonly #database: Seen;
  readonly #log: Seen;

  /**
   * @param path The database's file. Its write-ahead log must be there, too.
   * @throws {Deno.errors.NotFound} One of the two is missing.
   */
  constructor(path: string) {
    this.#database = see(path);
    // Where the path is a link, SQLite puts the log beside the file that the link leads to.
    this.#log = see(`${Deno.realPathSync(path)}-wal`);
  }

  /**
   * Looks at the files, which takes some µs.
   *
   * @returns Why what is written now could be lost; nothing where it is safe.
   */
  look(): string | undefined {
    for (const file of [this.#database, this.#log]) {
      const change = look(file);
      if (change) {
        const name = file === this.#database ? "file" : "write-ahead log";
        return `its ${name} ${change}`;
      }
    }
    return undefined;
  }

  /**
   * Whether the database can be closed without harm. When it is closed, SQLite copies its log into the file, and then
   * deletes the file that has the log's name, whatever that is.
   */
  get canClose(): boolean {
    const log = look(this.#log);
    return look(this.#database) !== "was truncated" &&
      (log === undefined || log === "is gone");
  }
}

function see(path: string): Seen {
  const { dev, ino, size } = Deno.statSync(path);
  return { path, dev, ino, size };
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
