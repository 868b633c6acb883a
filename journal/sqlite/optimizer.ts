import type { DatabaseSync } from "node:sqlite";
import { log } from "../../log/log.ts";
import type { FileWatch } from "./file_watch.ts";

/** As SQLite recommends for a connection that stays open. https://www.sqlite.org/pragma.html#pragma_optimize */
const INTERVAL_MS = 3_600_000;

/** Keeps SQLite's statistics fresh, by which it plans its queries: at the start and every hour. */
export class Optimizer implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param path The file's name in the log. */
  constructor(database: DatabaseSync, path: string, file: FileWatch) {
    const optimize = (mask: string) => {
      // What is not the file any more must not be written to. The journal's health says so.
      if (file.look()) return;
      try {
        database.exec(`PRAGMA optimize${mask}`);
      } catch (error) {
        // Nothing is lost: queries may only be slower.
        log.warn(`cannot optimize the journal "${path}"`, { error });
      } finally {
        file.noteWrite();
      }
    };
    // Looks at all tables once.
    optimize("=0x10002");
    this.#timer = setInterval(() => optimize(""), INTERVAL_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
