import {
  type Journal,
  JournalAddressError,
  JournalFileError,
} from "./channels/journal.ts";
import { readLocalZone } from "./channels/local_zone.ts";
import { MemoryJournal } from "./channels/memory_journal.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { HELP, VERSION } from "./help.ts";
import { Instance, type InstanceOptions } from "./instance.ts";
import { log } from "./log.ts";
import { dropPermissions } from "./permissions.ts";
import { DESCRIPTOR_LIMITS, descriptorLimit } from "./server.ts";
import { Workers } from "./workers.ts";

/** For how long after the first signal another one is the same, in ms: a task runner passes on what the terminal sent already. */
const SAME_SIGNAL_MS = 250;
/** File descriptors kept free for what is not a stream. */
const SPARE_DESCRIPTORS = 64;
/** A limit below this leaves little room for clients. */
const ROOMY_DESCRIPTORS = 4_096;

/** Ends the process, saying why. */
function fail(message: string, code: number): never {
  log(message);
  return Deno.exit(code);
}

/** How many streams may be open at once. */
async function streamLimit(): Promise<number> {
  const limit = await descriptorLimit();
  if (limit === undefined) return Infinity;
  const streams = Math.max(1, limit - SPARE_DESCRIPTORS);
  if (limit < ROOMY_DESCRIPTORS) {
    log(
      `there is room for ${streams} clients only, as this process may open ${limit} files; ` +
        `raise the limit first: ulimit -n 65536 (under systemd: LimitNOFILE=65536)`,
    );
  }
  return streams;
}

/** Opens the journal. The code of those that are not asked for is not loaded. */
async function openJournal({ journal, retention }: Config): Promise<Journal> {
  if (journal.kind === "memory") return new MemoryJournal(retention);
  if (journal.kind === "redis") {
    const { RedisJournal } = await import("./channels/redis_journal.ts");
    try {
      return await RedisJournal.start({ ...journal, retention });
    } catch (error) {
      if (!(error instanceof JournalAddressError)) throw error;
      return fail(error.message, 1);
    }
  }
  const { SqliteJournal } = await import("./channels/sqlite_journal.ts");
  try {
    return new SqliteJournal(journal.path, retention);
  } catch (error) {
    if (!(error instanceof JournalFileError)) throw error;
    return fail(error.message, 1);
  }
}

/** What serves: one instance here, or several in threads of their own. */
async function start(
  count: number,
  instance: InstanceOptions,
  journal: Journal,
): Promise<Instance | Workers> {
  try {
    return count > 1
      ? await Workers.start({ count, instance, journal, log })
      : new Instance(instance, { journal, log });
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is in use"
      : error instanceof Error
      ? error.message
      : error;
    const { hostname, port } = instance;
    return fail(`cannot listen on ${hostname} port ${port}: ${reason}`, 1);
  }
}

function workerCount({ workers }: Config): number {
  const count = workers || navigator.hardwareConcurrency;
  if (count === 1 || Deno.build.os === "linux") return count;
  log("there is one worker only: threads share a port on Linux alone");
  return 1;
}

async function serve(config: Config): Promise<void> {
  const { journal: place } = config;
  const { warning } = readLocalZone(Deno.env.get("TZ"));
  if (warning) log(warning);
  const workers = workerCount(config);
  dropPermissions(
    place.kind === "sqlite" ? place.path : undefined,
    // A worker's modules are read when it starts; an executable has them inside.
    [DESCRIPTOR_LIMITS, ...(workers > 1 ? [import.meta.dirname!] : [])],
  );
  const maxStreams = await streamLimit();
  await using journal = await openJournal(config);
  const token = config.token ?? drawToken();
  const serving = await start(workers, {
    hostname: config.host,
    port: config.port,
    sharesPort: false,
    token,
    maxBodyBytes: config.maxBodyBytes,
    corsOrigins: config.corsOrigins,
    maxStreams,
  }, journal);
  console.log(`Chime is listening on ${serving.url}`);
  if (config.token === undefined) {
    console.log(`To publish, with a token drawn for this run:
  curl -H 'Authorization: Bearer ${token}' -d 'Hello' ${serving.url}sse/news
or open ${serving.url}#token=${token}`);
  }

  await new Promise<void>((resolve) => onSignal(resolve));
  const since = performance.now();
  onSignal(() => {
    if (performance.now() - since > SAME_SIGNAL_MS) Deno.exit(1);
  });
  await serving.drain();
}

/** Draws a token of 192 bits. */
function drawToken(): string {
  return crypto.getRandomValues(new Uint8Array(24))
    .toBase64({ alphabet: "base64url" });
}

/** Calls back at each request to end. */
function onSignal(callback: () => void): void {
  const isWindows = Deno.build.os === "windows";
  for (
    const signal of ["SIGINT", isWindows ? "SIGBREAK" : "SIGTERM"] as const
  ) {
    Deno.addSignalListener(signal, callback);
  }
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
if (asked === "help") console.log(HELP);
else if (asked === "version") console.log(`chime ${VERSION}`);
else {
  await serve(asked);
  Deno.exit(0);
}
