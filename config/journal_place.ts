import { parse, resolve } from "node:path";
import type { JournalPlace } from "../journal/journal_place.ts";
import { parseRedisUrl } from "../journal/redis/address.ts";
import { RuleError } from "./config_error.ts";

/** Reads `memory:`, `sqlite:<file>` or the URL of a Redis. */
export function readJournal(text: string): JournalPlace {
  if (text === "memory:") return { kind: "memory" };
  const path = /^sqlite:(.+)$/s.exec(text)?.[1];
  if (path !== undefined) return { kind: "sqlite", path: checkPath(path) };
  if (/^rediss?:/.test(text)) return { kind: "redis", url: checkRedis(text) };
  throw new RuleError(
    "must be memory:, sqlite:<file>, redis://<host> or rediss://<host>",
  );
}

/** Shows `memory:` and a file in full, and of other URLs the scheme alone: the rest may hold a password. */
export function showJournal(text: string): string | undefined {
  if (text === "memory:" || text.startsWith("sqlite:")) return text;
  const [scheme] = /^[a-z][a-z\d+.-]*:/i.exec(text) ?? [];
  return scheme && `${scheme}…`;
}

/** Refuses what SQLite, or whoever wrote it, takes for something else than the name of a file. */
function checkPath(path: string): string {
  if (/^(?:file:)?:memory:|\bmode=memory\b/.test(path)) {
    throw new RuleError("must be memory: for a journal in memory");
  }
  if (/\p{Cc}/u.test(path)) {
    throw new RuleError("must name a file without control characters");
  }
  // In a URL, two slashes come first, or three before a whole path, and a query may follow.
  const right = path.replace(/^file:/i, "").replace(/^\/\/(\/?)\/*/, "$1")
    .replace(/\?.*$/, "").trim();
  if (right !== path) {
    throw new RuleError(`must be written sqlite:${right || "<file>"}`);
  }
  // Chime keeps the permission for all files of the folder: in the root, these are all files there are.
  const { root, dir } = parse(resolve(path));
  if (dir !== root) return path;
  throw new RuleError(
    "must name a file in a folder, such as sqlite:/data/events.db",
  );
}

function checkRedis(url: string): string {
  try {
    parseRedisUrl(url);
    return url;
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuleError(error.message);
    throw error;
  }
}
