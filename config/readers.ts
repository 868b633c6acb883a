import { parsePattern, type Pattern } from "../events/pattern.ts";
import { isTokenText, TOKEN_RULE } from "../access/token.ts";
import { parseDuration } from "../events/duration.ts";
import { InputError } from "../events/input_error.ts";
import { HEARTBEAT_RULE, readHeartbeat } from "../events/heartbeat.ts";
import { readAddress, readRange, showRange } from "../routes/address.ts";
import { readHost as readHostName } from "../routes/allowed_host.ts";
import { originFault } from "../routes/origin_pattern.ts";
import type { LogFormat } from "../log/format.ts";
import { RuleError } from "./config_error.ts";
import { parseSize } from "./parse_size.ts";

/** A body is held in memory as a whole, several times: a larger one would endanger the whole server. */
const MAX_BODY_BYTES = 64 * 1024 ** 2;

/** Less would hold hardly anything. */
const MIN_TOTAL_BYTES = 1024 ** 2;

/** Reads the name or address of a host. */
export function readHost(text: string): string {
  if (text) return text;
  throw new RuleError("must be a name or an address");
}

/** Reads the number of a port, 0 included. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new RuleError("must be a whole number from 0 to 65535");
}

/** Reads the kind of a listener. */
export function readListener(text: string): "deno" | "node" {
  if (text === "deno" || text === "node") return text;
  throw new RuleError("must be deno or node");
}

/** Reads a token. */
export function readToken(text: string): string {
  if (isTokenText(text)) return text;
  throw new RuleError(TOKEN_RULE);
}

/** Reads the path of a file. */
export function readPath(text: string): string {
  if (text !== "" && !/\p{Cc}/u.test(text)) return text;
  throw new RuleError("must name a file, without control characters");
}

/** Reads the name of a claim, or its value. */
export function readClaimText(text: string): string {
  if (text !== "" && !/\p{Cc}/u.test(text)) return text;
  throw new RuleError("must be a text without control characters");
}

/** Reads a pattern of channels. */
export function readPattern(text: string): Pattern {
  try {
    return parsePattern(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new RuleError(
      "must be *, a channel's name, or the beginning of names and .* :* or /*",
    );
  }
}

/** Reads the key in Redis from which the names of all others are made: it comes to stand in braces. */
export function readKey(text: string): string {
  if (/\S/.test(text) && !/[\p{Cc}{}]/u.test(text)) return text;
  throw new RuleError(
    "must be a key such as chime, not blank and without control characters and braces",
  );
}

/** Reads a number of events. */
export function readCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new RuleError("must be a whole number from 1");
}

/** Reads how many connections may be open. */
export function readLimit(text: string): number {
  const limit = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 1_000_000) return limit;
  throw new RuleError("must be a whole number from 1 to 1000000");
}

/** Reads the address of a proxy, or a range of addresses. */
export function readProxy(text: string): string {
  const range = readRange(text);
  if (!range) {
    throw new RuleError(
      "must be an address such as 192.0.2.7, or a range such as 10.0.0.0/8",
    );
  }
  if (range[1] === 0) {
    throw new RuleError(
      "must not be every address: each client could then say who it is",
    );
  }
  const [address] = text.split("/");
  const right = showRange(range);
  if (
    !text.includes("/") ||
    readAddress(address!)!.toString() === right.split("/")[0]
  ) return right;
  throw new RuleError(`must be written ${right}`);
}

/** Reads a host that requests may name. */
export function readAllowedHost(text: string): string {
  const host = readHostName(text);
  if (host !== undefined) return host;
  throw new RuleError(
    "must be a host without a port, such as example.com or [::1]",
  );
}

/** Reads the path that all others are below. Returns it without a final slash. */
export function readBasePath(text: string): string {
  if (/^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)*\/?$/.test(text) && text !== "") {
    return text.replace(/\/$/, "");
  }
  throw new RuleError(
    "must be a path such as /live, of segments of A-Z a-z 0-9 . _ ~ -",
  );
}

/** Reads an age, in ms. */
export function readAge(text: string): number {
  const ageMs = parseDuration(text);
  if (ageMs) return ageMs;
  throw new RuleError("must be a time such as 90s, 5m, 24h or 7d");
}

/** Reads the interval of a stream's heartbeats, in s, rounded down to one that streams share. */
export function readInterval(text: string): number {
  const seconds = readHeartbeat(text);
  if (seconds !== undefined) return seconds;
  throw new RuleError(HEARTBEAT_RULE);
}

/** Reads the size of a body, in bytes. */
export function readBodySize(text: string): number {
  const size = parseSize(text);
  if (size && size <= MAX_BODY_BYTES) return size;
  throw new RuleError(
    "must be a size such as 65536, 256KiB or 1MiB, and at most 64MiB",
  );
}

/** Reads how much may be held or kept in all, in bytes; 0 stands for what Chime chooses. */
export function readTotal(text: string): number {
  if (text === "auto") return 0;
  const bytes = parseSize(text);
  if (bytes && bytes >= MIN_TOTAL_BYTES && Number.isSafeInteger(bytes)) {
    return bytes;
  }
  throw new RuleError(
    "must be auto, or a size such as 64MiB or 1GiB, and at least 1MiB",
  );
}

/** Reads the origin of pages, a pattern of such, or `*`. */
export function readOrigin(text: string): string {
  const fault = text === "*" ? undefined : originFault(text);
  if (fault === undefined) return text;
  throw new RuleError(fault);
}

/** Reads a number of threads; 0 stands for one for each core. */
export function readWorkers(text: string): number {
  if (text === "auto") return 0;
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new RuleError("must be 1 to 99, or auto");
}

/** Reads how the log is written. */
export function readLogFormat(text: string): LogFormat {
  if (text === "text" || text === "json") return text;
  throw new RuleError("must be text or json");
}

/** Reads whether something is switched on. */
export function readSwitch(text: string): boolean {
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new RuleError("must be true or false");
}
