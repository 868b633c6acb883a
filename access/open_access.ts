import type { AccessCalls, AccessChange, AccessSettings } from "./access.ts";
import type { ApplicationSettings } from "./application.ts";
import { AccessFileError } from "./access_file_error.ts";
import type { JwtSettings } from "./jwt/jwt.ts";
import { JwtKeys } from "./jwt/jwt_keys.ts";
import type { Pattern } from "../events/pattern.ts";
import { isTokenText, type Token, TOKEN_RULE, wholeToken } from "./token.ts";
import { TokensFile } from "./tokens_file.ts";

/** Where the settings of access come from. */
export interface AccessPlaces {
  readonly isPrivate: readonly Pattern[];
  /** The token that has every right. */
  readonly token: string | undefined;
  /** A file that holds that token. */
  readonly tokenFile: string | undefined;
  /** A file of tokens. */
  readonly tokensFile: string | undefined;
  /** Files with keys for JWTs, and URLs of JWKS. */
  readonly jwtKeys: readonly string[];
  readonly jwtIssuers: readonly string[];
  readonly jwtAudiences: readonly string[];
  readonly jwtClaim: string;
  readonly jwtMaxAgeMs: number;
  /** The name of the cookie that a credential may come in. */
  readonly authCookie: string | undefined;
  /** The URL of the application that is asked. */
  readonly authUrl: string | undefined;
  /** How many threads serve. */
  readonly threads: number;
  /** Whether a token may be drawn where there is no source of rights: it must be shown to whoever started Chime alone. */
  readonly mayDraw: boolean;
}

/** What {@linkcode openAccess} opens. */
export interface OpenedAccess extends AccessCalls, Disposable {
  readonly settings: AccessSettings;
  /** The token that was drawn, if one was. */
  readonly drawn: string | undefined;
  /** Whether anybody can have a right. */
  readonly hasSource: boolean;
  /** @param onChange Called now with what may have changed since the settings were read, and from then on with each change. */
  follow(onChange: (change: AccessChange) => void): void;
  /** Reads again what may have changed. */
  reload(): Promise<void>;
}

/**
 * Reads what access depends on.
 *
 * @throws {AccessFileError} where a file cannot be used.
 */
export async function openAccess(places: AccessPlaces): Promise<OpenedAccess> {
  const { token, tokenFile, tokensFile, jwtKeys, authUrl, mayDraw } = places;
  const file = tokensFile === undefined
    ? undefined
    : await TokensFile.open(tokensFile);
  const given = tokenFile === undefined ? token : await readToken(tokenFile);
  const keys = jwtKeys.length > 0 ? await JwtKeys.open(jwtKeys) : undefined;
  const hasTokens = given !== undefined || file !== undefined;
  const hasOthers = keys !== undefined || authUrl !== undefined;
  const hasSource = hasTokens || hasOthers;
  const drawn = !hasSource && mayDraw ? drawToken() : undefined;
  const whole = given ?? drawn;
  const own = whole === undefined ? [] : [wholeToken(whole)];
  return {
    settings: {
      isPrivate: places.isPrivate,
      // Without tokens of its own, Chime leaves those of others to JWTs and to the application.
      ...(hasTokens || !hasOthers) &&
        { tokens: [...own, ...file?.tokens ?? []] },
      ...keys && { jwt: toJwtSettings(places), jwtKeys: keys.keys },
      ...places.authCookie !== undefined && { cookie: places.authCookie },
      ...authUrl !== undefined &&
        { application: toApplication(authUrl, places.threads) },
    },
    drawn,
    hasSource,
    follow(onChange) {
      const onTokens = (tokens: readonly Token[]) =>
        onChange({ tokens: [...own, ...tokens] });
      file?.follow(onTokens);
      if (file) onTokens(file.tokens);
      keys?.follow((jwtKeys) => onChange({ jwtKeys }));
      if (keys) onChange({ jwtKeys: keys.keys });
    },
    reload: async () => await file?.reload(),
    refreshJwtKeys: async () => await keys?.refresh() ?? true,
    [Symbol.dispose]() {
      file?.[Symbol.dispose]();
      keys?.[Symbol.dispose]();
    },
  };
}

function toJwtSettings(
  { jwtIssuers, jwtAudiences, jwtClaim, jwtMaxAgeMs }: AccessPlaces,
): JwtSettings {
  return {
    issuers: jwtIssuers,
    audiences: jwtAudiences,
    claim: jwtClaim,
    maxAgeMs: jwtMaxAgeMs,
  };
}

/** How many questions the application gets at once from a process, so that a crowd that comes back does not bury it. */
const MAX_AT_ONCE = 64;
/** How many more may wait in a process. */
const MAX_WAITING = 1_000;

/** The settings of each thread: they share out what the process may ask. */
export function toApplication(
  url: string,
  threads: number,
): ApplicationSettings {
  const share = (count: number) => Math.max(1, Math.floor(count / threads));
  return {
    url,
    maxAtOnce: share(MAX_AT_ONCE),
    maxWaiting: share(MAX_WAITING),
    loggedAt: new Uint32Array(new SharedArrayBuffer(4)),
  };
}

/** Reads a file that holds a token and perhaps one final newline, as Docker's secrets and systemd's credentials do. */
async function readToken(path: string): Promise<string> {
  try {
    const text = (await Deno.readTextFile(path)).replace(/\r?\n$/, "");
    if (!isTokenText(text)) throw new TypeError(`the token ${TOKEN_RULE}`);
    return text;
  } catch (error) {
    throw new AccessFileError("file with the token", path, error);
  }
}

/** Draws a token of 192 bits. */
function drawToken(): string {
  return crypto.getRandomValues(new Uint8Array(24))
    .toBase64({ alphabet: "base64url" });
}
