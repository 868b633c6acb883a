import { ACCESS_OPTIONS } from "./access_options.ts";
import { readJournal, showJournal } from "./journal_place.ts";
import { LIMIT_OPTIONS } from "./limit_options.ts";
import type { Option } from "./option.ts";
import type { Switch } from "./parse_flags.ts";
import * as readers from "./readers.ts";

/**
 * Every option, in the order of `--help`, by its field of `Config`.
 *
 * A new one is a row here, a field there, a row in `docs/options.md`, and its variable twice in `deno.json`: tests name
 * what is missing.
 */
export const OPTIONS = {
  host: {
    name: "host",
    variables: ["CHIME_HOST", "HOST"],
    hint: "<host>",
    default: "127.0.0.1",
    text: "the address to listen on",
    read: readers.readHost,
  },
  port: {
    name: "port",
    variables: ["CHIME_PORT", "PORT"],
    hint: "<port>",
    default: "8000",
    text: "the port to listen on; 0 picks a free one",
    read: readers.readPort,
  },
  listener: {
    name: "listener",
    variables: ["CHIME_LISTENER"],
    hint: "<kind>",
    default: "deno",
    text:
      "what accepts connections: deno, which also takes HTTP/2, or node, which needs less memory and CPU for each " +
      "client",
    read: readers.readListener,
  },
  basePath: {
    name: "base-path",
    variables: ["CHIME_BASE_PATH"],
    hint: "<path>",
    text:
      "the path that all of Chime is below, such as /live, where a proxy passes it on",
    read: readers.readBasePath,
  },
  ...ACCESS_OPTIONS,
  journal: {
    name: "journal",
    variables: ["CHIME_JOURNAL"],
    hint: "<url>",
    default: "memory:",
    text:
      "where events are kept: memory:, sqlite:<file> or redis[s]://[user:password@]host:port[/db]; put a " +
      "password in CHIME_JOURNAL: ps shows arguments",
    show: showJournal,
    read: readJournal,
  },
  retainEvents: {
    name: "retain-events",
    variables: ["CHIME_RETAIN_EVENTS"],
    hint: "<n>",
    default: "10000",
    text: "how many events of each channel are kept",
    read: readers.readCount,
  },
  retainForMs: {
    name: "retain-for",
    variables: ["CHIME_RETAIN_FOR"],
    hint: "<time>",
    default: "24h",
    text: "how long events are kept, such as 90s, 5m, 24h or 7d",
    read: readers.readAge,
  },
  retainTotalBytes: {
    name: "retain-total",
    variables: ["CHIME_RETAIN_TOTAL"],
    hint: "<size>",
    default: "auto",
    text:
      "how much is kept of all channels together, in bytes, KiB, MiB or GiB; auto is 128MiB in memory, and 1GiB in " +
      "SQLite and Redis",
    read: readers.readTotal,
  },
  redisKey: {
    name: "redis-key",
    variables: ["CHIME_REDIS_KEY"],
    hint: "<key>",
    default: "chime",
    text: "the key in Redis from which the names of all others are made",
    read: readers.readKey,
  },
  ...LIMIT_OPTIONS,
  corsOrigins: {
    name: "cors-origin",
    variables: ["CHIME_CORS_ORIGIN"],
    hint: "<origin>",
    isRepeatable: true,
    text:
      "an origin whose pages may use the streams, besides the server's own, such as https://app.example.com, " +
      "https://*.example.com or capacitor://localhost; * allows any; repeatable",
    read: readers.readOrigin,
  },
  workers: {
    name: "workers",
    variables: ["CHIME_WORKERS"],
    hint: "<n>",
    default: "1",
    text:
      "how many threads serve; auto starts one for each core; more than one works on Linux only",
    read: readers.readWorkers,
  },
  log: {
    name: "log",
    variables: ["CHIME_LOG"],
    hint: "<format>",
    default: "text",
    text: "how the log is written: text, or json for one object a line",
    read: readers.readLogFormat,
  },
  accessLog: {
    name: "access-log",
    variables: ["CHIME_ACCESS_LOG"],
    hint: "",
    isSwitch: true,
    default: "false",
    text: "whether each request is a line of the log: true or false",
    read: readers.readSwitch,
  },
} as const satisfies Record<string, Option>;

/** The options that print something and end. */
export const SWITCHES = [
  { name: "help", short: "h", text: "print this and exit" },
  { name: "version", short: "v", text: "print the version and exit" },
] as const satisfies readonly Switch[];
