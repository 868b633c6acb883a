import type { Pattern } from "./events/pattern.ts";
import { ConfigError } from "./config/config_error.ts";
import type { JournalPlace } from "./journal/journal_place.ts";
import type { LogFormat } from "./log/format.ts";
import { OPTIONS, SWITCHES } from "./config/options.ts";
import { parseFlags } from "./config/parse_flags.ts";
import { type Environment, readSettings } from "./config/read_settings.ts";
import { showSettings } from "./config/show_settings.ts";

/** The settings of a Chime, checked. Each field has its row in `OPTIONS`. */
export interface Config {
  readonly host: string;
  /** 0 stands for any free port. */
  readonly port: number;
  readonly listener: "deno" | "node";
  /** Such as `/live`; `undefined` for none, as an empty string. */
  readonly basePath: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly tokensFile: string | undefined;
  readonly isPrivate: readonly Pattern[];
  /** Files with keys for JWTs, and URLs of JWKS. */
  readonly jwtKeys: readonly string[];
  readonly jwtIssuers: readonly string[];
  readonly jwtAudiences: readonly string[];
  readonly jwtClaim: string;
  readonly jwtMaxAgeMs: number;
  readonly authUrl: string | undefined;
  readonly authCookie: string | undefined;
  readonly journal: JournalPlace;
  readonly retainEvents: number;
  readonly retainForMs: number;
  /** 0 stands for what suits the journal. */
  readonly retainTotalBytes: number;
  readonly redisKey: string;
  readonly maxBodyBytes: number;
  /** One of `HEARTBEATS_S`. */
  readonly heartbeatS: number;
  /** 0 stands for a part of what there is. */
  readonly maxMemoryBytes: number;
  /** `undefined` where the limit on open files decides. */
  readonly maxConnections: number | undefined;
  /** `undefined` for a part of `maxConnections`. */
  readonly maxPerAddress: number | undefined;
  /** Ranges such as `10.0.0.0/8`. */
  readonly trustedProxies: readonly string[];
  /** As `readHost` returns them. */
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly log: LogFormat;
  readonly accessLog: boolean;
  /** How many threads serve; 0 stands for one for each core. */
  readonly workers: number;
}

/** What a command line asks for. */
export type Command = "help" | "version" | Config;

/**
 * Reads the settings: from the command line, else from the environment, else the defaults.
 *
 * @throws {ConfigError} for a command line that cannot be read, and for a value that breaks its rule.
 */
export function readConfig(
  args: readonly string[],
  env: Environment,
): Command {
  const flags = parseFlags(args, Object.values(OPTIONS), SWITCHES);
  if (flags.has("help")) return "help";
  if (flags.has("version")) return "version";
  const config: Config = readSettings(OPTIONS, flags, env);
  if (config.token !== undefined && config.tokenFile !== undefined) {
    throw new ConfigError(
      "Cannot use the token's file: either --token or --token-file must be set, not both",
    );
  }
  return Object.freeze(config);
}

/**
 * Returns the settings that {@linkcode readConfig} reads, as text without secrets, by the options' names.
 *
 * @throws {ConfigError} for a command line that cannot be read.
 */
export function showConfig(
  args: readonly string[],
  env: Environment,
): Record<string, string> {
  const options = Object.values(OPTIONS);
  return showSettings(options, parseFlags(args, options, SWITCHES), env);
}
