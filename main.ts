import { Clock } from "./channels/clock.ts";
import { ORIGIN } from "./channels/event_id.ts";
import { follow } from "./channels/follow.ts";
import { Hub } from "./channels/hub.ts";
import { type Journal, JournalFileError } from "./channels/journal.ts";
import { MemoryJournal } from "./channels/memory_journal.ts";
import {
  type Config,
  ConfigError,
  HELP,
  readConfig,
  VERSION,
} from "./config.ts";
import { dropPermissions } from "./permissions.ts";
import { app, routes } from "./routes/mod.ts";
import type { Services } from "./routes/services.ts";
import { DESCRIPTOR_LIMITS, descriptorLimit, Server } from "./server.ts";

/** How long clients have to take their last bytes, in ms, before the process leaves without them. */
const DRAIN_MS = 3_000;
/** For how long after the first signal another one is the same, in ms: a task runner passes on what the terminal sent already. */
const SAME_SIGNAL_MS = 250;
/** File descriptors kept free for what is not a stream. */
const SPARE_DESCRIPTORS = 64;
/** A limit below this leaves little room for clients. */
const ROOMY_DESCRIPTORS = 4_096;

/** Writes a line to standard error, where it does not mix with what was asked for. */
function log(message: string): void {
  console.error(`chime: ${message}`);
}

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
    return new RedisJournal({ ...journal, retention });
  }
  const { SqliteJournal } = await import("./channels/sqlite_journal.ts");
  try {
    return new SqliteJournal(journal.path, retention);
  } catch (error) {
    if (!(error instanceof JournalFileError)) throw error;
    return fail(error.message, 1);
  }
}

function listen(config: Config, services: Services): Server {
  try {
    return new Server({
      hostname: config.host,
      port: config.port,
      handler: app(routes(services)),
      onFault: (error) => log(`stopped accepting, listening again: ${error}`),
    });
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is in use"
      : error instanceof Error
      ? error.message
      : error;
    return fail(
      `cannot listen on ${config.host} port ${config.port}: ${reason}`,
      1,
    );
  }
}

async function serve(config: Config): Promise<void> {
  const { journal: place } = config;
  dropPermissions(
    place.kind === "sqlite" ? place.path : undefined,
    [DESCRIPTOR_LIMITS],
  );
  const maxStreams = await streamLimit();
  await using journal = await openJournal(config);
  using clock = new Clock();
  using hub = new Hub(journal, ORIGIN);
  const token = config.token ?? drawToken();
  let isDraining = false;
  const server = listen(config, {
    clock,
    hub,
    journal,
    token,
    maxBodyBytes: config.maxBodyBytes,
    corsOrigins: config.corsOrigins,
    refusal() {
      if (isDraining) return { state: "draining" };
      return clock.hub.clientCount + hub.clientCount < maxStreams
        ? undefined
        : { state: "overloaded" };
    },
  });
  follow(journal, hub);
  console.log(`Chime is listening on ${server.url}`);
  if (config.token === undefined) {
    console.log(`To publish, with a token drawn for this run:
  curl -H 'Authorization: Bearer ${token}' -d 'Hello' ${server.url}sse/news
or open ${server.url}#token=${token}`);
  }

  await new Promise<void>((resolve) => onSignal(resolve));
  isDraining = true;
  const since = performance.now();
  onSignal(() => {
    if (performance.now() - since > SAME_SIGNAL_MS) Deno.exit(1);
  });
  clock.hub.closeAll({ state: "draining" });
  hub.closeAll({ state: "draining" });
  const late = new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
  await Promise.race([server.close(), late]);
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
