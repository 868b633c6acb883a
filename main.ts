import {
  type Journal,
  JournalAddressError,
  JournalFileError,
} from "./journal/journal.ts";
import { readLocalZone } from "./clock/local_zone.ts";
import { MemoryJournal } from "./journal/memory/journal.ts";
import { type Config, readConfig } from "./config.ts";
import { ConfigError } from "./config/config_error.ts";
import { Ending } from "./server/ending.ts";
import { HELP, VERSION } from "./config/help.ts";
import { log, print } from "./log/log.ts";
import { dropPermissions } from "./server/drop_permissions.ts";
import { DESCRIPTOR_LIMITS } from "./server/descriptor_limit.ts";
import type { ServeOptions } from "./server/serve_options.ts";
import { Serving } from "./server/serving.ts";
import { onEndSignal, outliveSignals } from "./server/signals.ts";
import { streamLimit } from "./server/stream_limit.ts";
import { Workers } from "./server/workers.ts";

/** Ends the process, saying why. */
function fail(message: string, code: number): never {
  log(message);
  return Deno.exit(code);
}

/** Opens the journal. The code of the other kinds is not loaded. */
async function openJournal(
  { journal, redisKey, retainEvents, retainForMs }: Config,
): Promise<Journal> {
  const retention = { maxEvents: retainEvents, maxAgeMs: retainForMs };
  if (journal.kind === "memory") return new MemoryJournal(retention);
  if (journal.kind === "redis") {
    const { RedisJournal } = await import("./journal/redis/journal.ts");
    return await RedisJournal.start({ ...journal, key: redisKey, retention });
  }
  const { SqliteJournal } = await import("./journal/sqlite/journal.ts");
  return new SqliteJournal(journal.path, retention);
}

/** Starts to serve: in this thread, or in several workers. */
async function start(
  count: number,
  options: ServeOptions,
  journal: Journal,
  onFrozen: (message: string) => void,
): Promise<Serving | Workers> {
  try {
    return count > 1
      ? await Workers.start({ count, serve: options, journal, log, onFrozen })
      : await Serving.start(options, { journal });
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is in use"
      : error instanceof Error
      ? error.message
      : error;
    const { hostname, port } = options;
    return fail(`cannot listen on ${hostname} port ${port}: ${reason}`, 1);
  }
}

function workerCount({ workers }: Config): number {
  const count = workers || navigator.hardwareConcurrency;
  if (count === 1 || Deno.build.os === "linux") return count;
  log("there is one worker only: threads share a port on Linux alone");
  return 1;
}

async function serve(config: Config, ending: Ending): Promise<void> {
  const { journal: place } = config;
  const { warning } = readLocalZone(Deno.env.get("TZ"));
  if (warning) log(warning);
  const workers = workerCount(config);
  dropPermissions(
    place.kind === "sqlite" ? place.path : undefined,
    // A worker's modules are read when it starts. An executable has them inside.
    [DESCRIPTOR_LIMITS, ...(workers > 1 ? [import.meta.dirname!] : [])],
  );
  const maxStreams = await streamLimit();
  const journal = await openJournal(config);
  const token = config.token ?? drawToken();
  const serving = await start(
    workers,
    {
      version: VERSION,
      listener: config.listener,
      hostname: config.host,
      port: config.port,
      sharesPort: false,
      token,
      maxBodyBytes: config.maxBodyBytes,
      corsOrigins: config.corsOrigins,
      maxStreams,
    },
    journal,
    (message) => ending.fail(message),
  );
  ending.drainBy(async () => {
    await serving.drain();
    await journal[Symbol.asyncDispose]();
  });
  onEndSignal(() => ending.end());
  print(`Chime is listening on ${serving.url}`);
  if (config.token === undefined) {
    print(`To publish, with a token drawn for this run:
  curl -H 'Authorization: Bearer ${token}' -d 'Hello' ${serving.url}sse/news
or open ${serving.url}#token=${token}`);
  }
}

/** Draws a token of 192 bits. */
function drawToken(): string {
  return crypto.getRandomValues(new Uint8Array(24))
    .toBase64({ alphabet: "base64url" });
}

function command(): ReturnType<typeof readConfig> {
  try {
    return readConfig(Deno.args, (name) => Deno.env.get(name));
  } catch (error) {
    if (error instanceof ConfigError) return fail(error.message, 2);
    throw error;
  }
}

const asked = command();
if (asked === "help" || asked === "version") {
  Deno.exit(print(asked === "help" ? HELP : `chime ${VERSION}`) ? 0 : 1);
}
const ending = new Ending();
outliveSignals();
try {
  await serve(asked, ending);
} catch (error) {
  const isSettings = error instanceof JournalAddressError ||
    error instanceof JournalFileError;
  if (isSettings) fail(error.message, 1);
  ending.fail("the server could not start", error);
}
