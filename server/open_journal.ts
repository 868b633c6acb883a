import type { Journal, Retention } from "../journal/journal.ts";
import type { JournalPlace } from "../journal/journal_place.ts";
import { MemoryJournal } from "../journal/memory/journal.ts";

/** Where events are kept, and how many. */
export interface JournalSettings {
  readonly journal: JournalPlace;
  /** The key in Redis from which the names of all others are made. */
  readonly redisKey: string;
  readonly retainEvents: number;
  readonly retainForMs: number;
  /** 0 stands for what suits the journal. */
  readonly retainTotalBytes: number;
}

/** How much each kind of journal keeps where nobody has said so, in bytes. */
const RETAIN_TOTAL_BYTES = {
  memory: 128 * 1024 ** 2,
  sqlite: 1024 ** 3,
  redis: 1024 ** 3,
};

/** How much the journal keeps. */
export function readRetention(
  { journal, retainEvents, retainForMs, retainTotalBytes }: JournalSettings,
): Retention {
  return {
    maxEvents: retainEvents,
    maxAgeMs: retainForMs,
    maxBytes: retainTotalBytes || RETAIN_TOTAL_BYTES[journal.kind],
  };
}

/**
 * Opens the journal. The code of the other kinds is not loaded.
 *
 * @throws {JournalAddressError | JournalFileError} It cannot be used.
 */
export async function openJournal(
  settings: JournalSettings,
): Promise<Journal> {
  const { journal, redisKey } = settings;
  const retention = readRetention(settings);
  if (journal.kind === "memory") return new MemoryJournal(retention);
  if (journal.kind === "redis") {
    const { RedisJournal } = await import("../journal/redis/journal.ts");
    return await RedisJournal.start({ ...journal, key: redisKey, retention });
  }
  const { SqliteJournal } = await import("../journal/sqlite/journal.ts");
  return new SqliteJournal(journal.path, retention);
}
