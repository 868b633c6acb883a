import type { Retention } from "../journal.ts";

/** Options for `RedisJournal`. */
export interface RedisJournalOptions {
  /** See `parseRedisUrl`. */
  url: string;
  /** The key from which the names of all others are made. All instances with the same key share a timeline. */
  key: string;
  /** What is kept, roughly: some events beyond it may stay, for a minute or until there are enough of them. */
  retention: Retention;
}
