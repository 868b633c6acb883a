import {
  type Journal,
  JournalAddressError,
  JournalFileError,
} from "./journal/journal.ts";
import { readLocalZone } from "./clock/local_zone.ts";
import { AccessFileError } from "./access/access_file_error.ts";
import type { AccessCalls } from "./access/access.ts";
import { openAccess } from "./access/open_access.ts";
import { type Command, type Config, readConfig, showConfig } from "./config.ts";
import { ConfigError } from "./config/config_error.ts";
import { Ending } from "./server/ending.ts";
import { HELP, VERSION } from "./config/help.ts";
import { log } from "./log/log.ts";
import { outputsWritten } from "./log/outputs_written.ts";
import { print } from "./log/print.ts";
import { setLogFormat } from "./log/standard_error.ts";
import { dropPermissions } from "./server/drop_permissions.ts";
import { DESCRIPTOR_LIMITS } from "./server/descriptor_limit.ts";
import { defaultMaxMemory } from "./server/max_memory.ts";
import { openJournal, readRetention } from "./server/open_journal.ts";
import { readLimits } from "./server/read_limits.ts";
import { warnIfOpen } from "./server/warn_if_open.ts";
import type { ServeOptions } from "./server/serve_options.ts";
import { Serving } from "./server/serving.ts";
import { onEndSignal, onReload, outliveSignals } from "./server/signals.ts";
import { Workers } from "./server/workers.ts";

/** Ends the process, saying why. */
async function fail(message: string, code: number): Promise<never> {
  log.error(message);
  await outputsWritten();
  return Deno.exit(code);
}

/** Starts to serve: in this thread, or in several workers. */
async function start(
  count: number,
  options: ServeOptions,
  journal: Journal,
  accessCalls: AccessCalls,
  onFrozen: (message: string) => void,
): Promise<Serving | Workers> {
  try {
    return count > 1
      ? await Workers.start({
        count,
        serve: options,
        journal,
        accessCalls,
        onFrozen,
      })
      : await Serving.start(options, { journal, accessCalls });
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is in use"
      : error instanceof Error
      ? error.message
      : error;
    const { hostname, port } = options;
    return await fail(
      `cannot listen on ${hostname} port ${port}: ${reason}`,
      1,
    );
  }
}

function workerCount({ workers }: Config): number {
  const count = workers || navigator.hardwareConcurrency;
  if (count === 1 || Deno.build.os === "linux") return count;
  log.warn("there is one worker only: threads share a port on Linux alone");
  return 1;
}

async function serve(config: Config, ending: Ending): Promise<void> {
  const { journal: place } = config;
  setLogFormat(config.log);
  const { warning } = readLocalZone(Deno.env.get("TZ"));
  if (warning) log.warn(warning);
  const workers = workerCount(config);
  const access = await openAccess({
    ...config,
    threads: workers,
    // A log must not hold a token.
    mayDraw: Deno.stdout.isTerminal(),
  });
  dropPermissions(
    place.kind === "sqlite" ? place.path : undefined,
    [
      DESCRIPTOR_LIMITS,
      ...(config.tokensFile === undefined ? [] : [config.tokensFile]),
      // A worker's modules are read when it starts. An executable has them inside.
      ...(workers > 1 ? [import.meta.dirname!] : []),
    ],
  );
  const limits = await readLimits({
    workers,
    maxConnections: config.maxConnections,
    maxPerAddress: config.maxPerAddress,
  });
  const journal = await openJournal(config);
  const { basePath = "" } = config;
  const serving = await start(
    workers,
    {
      version: VERSION,
      listener: config.listener,
      hostname: config.host,
      port: config.port,
      sharesPort: false,
      access: access.settings,
      maxBodyBytes: config.maxBodyBytes,
      heartbeatS: config.heartbeatS,
      retention: readRetention(config),
      maxMemoryBytes: config.maxMemoryBytes || defaultMaxMemory(),
      corsOrigins: config.corsOrigins,
      accessLog: config.accessLog,
      allowedHosts: config.allowedHosts,
      basePath,
      limits,
      trustedProxies: config.trustedProxies,
    },
    journal,
    access,
    (message) => ending.fail(message),
  );
  access.follow((change) => serving.changeAccess(change));
  if (config.tokensFile !== undefined) onReload(() => access.reload());
  ending.drainBy(async () => {
    access[Symbol.dispose]();
    await serving.drain();
    await journal[Symbol.asyncDispose]();
  });
  onEndSignal(() => ending.end());
  const url = new URL(`.${basePath}/`, serving.url).href;
  log.info("listening", {
    url,
    version: VERSION,
    deno: Deno.version.deno,
    pid: Deno.pid,
    ...showConfig(Deno.args, readVariable),
  });
  warnIfOpen({ ...config, url });
  if (!access.hasSource && access.drawn === undefined) {
    log.warn("nobody can publish until CHIME_TOKEN is set");
  }
  print(`Chime is listening on ${url}`);
  if (access.drawn !== undefined) {
    print(`To publish, with a token drawn for this run:
  curl -H 'Authorization: Bearer ${access.drawn}' -d 'Hello' ${url}sse/news
or open ${url}#token=${access.drawn}`);
  }
}

function readVariable(name: string): string | undefined {
  return Deno.env.get(name);
}

async function command(): Promise<Command> {
  try {
    return readConfig(Deno.args, readVariable);
  } catch (error) {
    if (error instanceof ConfigError) return await fail(error.message, 2);
    throw error;
  }
}

/** Prints what was asked for, and ends. */
async function show(text: string): Promise<never> {
  let isPrinted = false;
  print(text).then((isWritten) => isPrinted = isWritten);
  await outputsWritten();
  return Deno.exit(isPrinted ? 0 : 1);
}

const ending = new Ending();
outliveSignals();
try {
  const asked = await command();
  if (asked === "help") await show(HELP);
  else if (asked === "version") await show(`chime ${VERSION}`);
  else await serve(asked, ending);
} catch (error) {
  const isSettings = error instanceof JournalAddressError ||
    error instanceof JournalFileError || error instanceof AccessFileError;
  if (isSettings) await fail(error.message, 1);
  ending.fail("the server could not start", error);
}
