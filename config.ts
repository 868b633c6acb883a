import { parse as parsePath, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseDuration } from "./events/duration.ts";
import type { Retention } from "./journal/journal.ts";
import { parseRedisUrl } from "./journal/redis/address.ts";
import { originFault } from "./routes/origin_pattern.ts";

/** Where events are kept. */
export type JournalPlace =
  | { kind: "memory" }
  | { kind: "sqlite"; path: string }
  | { kind: "redis"; url: string; key: string };

/** A body is in memory as a whole, several times over: a larger one would endanger all that is served. */
const MAX_BODY_BYTES = 64 * 1024 ** 2;

/** What Chime was told, checked. */
export interface Config {
  readonly host: string;
  /** 0 stands for any free one. */
  readonly port: number;
  /** Nothing where one is to be drawn. */
  readonly token: string | undefined;
  readonly journal: JournalPlace;
  readonly retention: Retention;
  readonly maxBodyBytes: number;
  readonly corsOrigins: readonly string[];
  /** How many threads serve; 0 stands for one a core. */
  readonly workers: number;
}

/** What the command line asks for. */
export type Command = "help" | "version" | Config;

/** A setting that cannot be used. The message is one line that names the value and the rule. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** The environment variables that are read, as `permissions.serve.env` in `deno.json` lists them. */
export type Environment = (
  name: "HOST" | "PORT" | "CHIME_TOKEN" | "CHIME_JOURNAL",
) => string | undefined;

/**
 * Reads flags over environment over defaults.
 *
 * @throws {ConfigError} for an unknown flag, a flag without its value, a stray argument, a value that breaks its rule.
 */
export function readConfig(
  args: readonly string[],
  env: Environment,
): Command {
  const flags = parse(args);
  if (flags.help) return "help";
  if (flags.version) return "version";
  return Object.freeze({
    host: readHost(flags.host ?? (env("HOST") || "127.0.0.1")),
    port: flags.port !== undefined
      ? readPort("--port", flags.port)
      : readPort("PORT", env("PORT") || "8000"),
    token: readToken(flags.token ?? (env("CHIME_TOKEN") || undefined)),
    journal: readJournal(
      flags.journal ?? (env("CHIME_JOURNAL") || "memory:"),
      readKey(flags["redis-key"] ?? "chime"),
    ),
    retention: {
      maxEvents: readCount(flags["retain-events"] ?? "10000"),
      maxAgeMs: readAge(flags["retain-for"] ?? "24h"),
    },
    maxBodyBytes: readSize(flags["max-body"] ?? "256KiB"),
    corsOrigins: (flags["cors-origin"] ?? []).map(readOrigin),
    workers: readWorkers(flags.workers ?? "1"),
  });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: "string" },
        port: { type: "string" },
        token: { type: "string" },
        journal: { type: "string" },
        "retain-events": { type: "string" },
        "retain-for": { type: "string" },
        "redis-key": { type: "string" },
        "max-body": { type: "string" },
        "cors-origin": { type: "string", multiple: true },
        workers: { type: "string" },
        help: { type: "boolean" },
        version: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [line] = error.message.split("\n");
    throw new ConfigError(`${line!.replace(/\.$/, "")} (see --help)`);
  }
}

/** A value that breaks its rule. */
function refuse(name: string, value: string, rule: string): never {
  throw new ConfigError(`Cannot use ${name} ${JSON.stringify(value)}: ${rule}`);
}

function readHost(text: string): string {
  return text || refuse("--host", text, "a host is a name or an address");
}

function readPort(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return port <= 65_535
    ? port
    : refuse(name, text, "a port is a whole number from 0 to 65535");
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1. The value is a secret, so that no message may repeat it. */
function readToken(text: string | undefined): string | undefined {
  if (text === undefined || /^[A-Za-z0-9._~+/-]+=*$/.test(text)) return text;
  throw new ConfigError(
    "Cannot use the token: a token is made of A-Z a-z 0-9 . _ ~ + / -",
  );
}

function readJournal(text: string, key: string): JournalPlace {
  if (text === "memory:") return { kind: "memory" };
  const path = /^sqlite:(.+)$/s.exec(text)?.[1];
  if (path !== undefined) return { kind: "sqlite", path: checkPath(path) };
  if (/^rediss?:/.test(text)) {
    return { kind: "redis", url: checkRedis(text), key };
  }
  // It may hold a password.
  const [scheme] = text.split(":");
  return refuse(
    "--journal",
    `${scheme}:…`,
    "a journal is memory:, sqlite:<file>, redis://<host> or rediss://<host>",
  );
}

/** What SQLite, or whoever wrote it, takes for something else than a file's name. */
function checkPath(path: string): string {
  const shown = `sqlite:${path}`;
  if (/^(?:file:)?:memory:|\bmode=memory\b/.test(path)) {
    return refuse("--journal", shown, "a journal in memory must be memory:");
  }
  if (/\p{Cc}/u.test(path)) {
    return refuse(
      "--journal",
      shown,
      "a file's name must hold no control characters",
    );
  }
  // As a URL would have it: two slashes, or three before a whole path, and a query.
  const right = path.replace(/^file:/i, "").replace(/^\/\/(\/?)\/*/, "$1")
    .replace(/\?.*$/, "").trim();
  if (right !== path) {
    return refuse(
      "--journal",
      shown,
      `it must be as sqlite:${right || "<file>"}`,
    );
  }
  // All files of the folder stay open to Chime: those of the root are all there are.
  const { root, dir } = parsePath(resolve(path));
  return dir === root
    ? refuse(
      "--journal",
      shown,
      "its file must be in a folder, as in sqlite:/data/events.db",
    )
    : path;
}

function checkRedis(url: string): string {
  try {
    parseRedisUrl(url);
    return url;
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigError(error.message);
    throw error;
  }
}

function readCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count > 0
    ? count
    : refuse("--retain-events", text, "a count is a whole number from 1");
}

function readAge(text: string): number {
  return parseDuration(text) ||
    refuse("--retain-for", text, "a time is as 90s, 5m, 24h or 7d");
}

function readSize(text: string): number {
  const [, digits, unit] = /^(\d{1,9})(KiB|MiB)?$/.exec(text) ?? [];
  const factor = unit === "MiB" ? 1024 ** 2 : unit === "KiB" ? 1024 : 1;
  const size = Number(digits ?? 0) * factor;
  return size > 0 && size <= MAX_BODY_BYTES ? size : refuse(
    "--max-body",
    text,
    "a size must be as 65536, 256KiB or 1MiB, and 64MiB at most",
  );
}

function readOrigin(text: string): string {
  const fault = text === "*" ? undefined : originFault(text);
  return fault ? refuse("--cors-origin", text, fault) : text;
}

function readKey(text: string): string {
  return /\S/.test(text) && !/\p{Cc}/u.test(text) ? text : refuse(
    "--redis-key",
    text,
    "a key must not be blank and must hold no control characters, as in chime",
  );
}

function readWorkers(text: string): number {
  if (text === "auto") return 0;
  return /^[1-9]\d?$/.test(text)
    ? Number(text)
    : refuse("--workers", text, "workers are 1 to 99, or auto");
}
