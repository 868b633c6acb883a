/** What became of a file. */
type Change = "is gone" | "was replaced" | "was truncated";

/** A file as it was when it was last the same. */
interface Seen {
  readonly path: string;
  readonly dev: number;
  readonly ino: number | null;
  size: number;
}

/**
 * Watches the files of a database that is open: SQLite goes on writing into files that nobody can find any more. Looks at
 * their device, inode and size only. To open one would be wrong: closing it would end SQLite's locks on it.
 */
export class SqliteFileWatch {
  readonly #database: Seen;
  readonly #log: Seen;

  /**
   * @param path The database's file, which must be there with its write-ahead log.
   * @throws {Deno.errors.NotFound} where one of them is not.
   */
  constructor(path: string) {
    this.#database = see(path);
    // SQLite puts it beside the file that a link leads to.
    this.#log = see(`${Deno.realPathSync(path)}-wal`);
  }

  /** Looks at the files, which takes some µs. Returns why what is written now could be lost, or nothing where it is safe. */
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
   * Whether the database can be closed without harm: SQLite then copies its log into the file, and deletes whatever has the
   * log's name.
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

/** What became of the file. Both kinds of file only ever grow while they are open. */
function look(file: Seen): Change | undefined {
  let now: Seen;
  try {
    now = see(file.path);
  } catch {
    // Whatever the reason, nobody finds it by its name.
    return "is gone";
  }
  if (now.dev !== file.dev || now.ino !== file.ino) return "was replaced";
  if (now.size < file.size) return "was truncated";
  file.size = now.size;
  return undefined;
}
