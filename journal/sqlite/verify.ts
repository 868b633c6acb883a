import type { DatabaseSync } from "node:sqlite";
import { readTimeline, type Timeline } from "./timeline.ts";

/**
 * Finds out whether an open database still has, on the disk, what this process wrote. Then copies the write-ahead log
 * into the file, as the log itself may have changed where nothing but a restart would read it. Reads the whole file.
 *
 * @param expected The timeline as this process knows it.
 * @throws {Error} It has not.
 */
export function verify(database: DatabaseSync, expected: Timeline): void {
  // What SQLite remembers proves nothing.
  database.exec("PRAGMA shrink_memory");
  const { last, floor, epochs } = readTimeline(database).timeline;
  const isSame = last === expected.last &&
    floor?.place === expected.floor?.place &&
    epochs.current === expected.epochs.current;
  if (!isSame) throw new Error("its timeline is another one");
  const { quick_check: result } = database.prepare("PRAGMA quick_check(1)")
    .get()!;
  if (result !== "ok") throw new Error("it is damaged");
  const { busy } = database.prepare("PRAGMA wal_checkpoint(RESTART)").get()!;
  if (busy !== 0) throw new Error("its write-ahead log cannot be copied");
}
