import { readAuthUrl, showAuthUrl } from "./auth_url.ts";
import { readKeyPlace, showKeyPlace } from "./key_place.ts";
import type { Option } from "./option.ts";
import { readCookieName } from "./read_cookie_name.ts";
import * as readers from "./readers.ts";

/** Options that say who may do what, in the order of `--help`. */
export const ACCESS_OPTIONS = {
  token: {
    name: "token",
    variables: ["CHIME_TOKEN"],
    hint: "<token>",
    refusesEmpty: true,
    text:
      "the token with every right, sent as Authorization: Bearer <token>; where nothing gives rights, Chime draws one, " +
      "and shows it on a terminal",
    show: () => undefined,
    read: readers.readToken,
  },
  tokenFile: {
    name: "token-file",
    variables: ["CHIME_TOKEN_FILE"],
    hint: "<file>",
    refusesEmpty: true,
    text: "a file that holds that token, such as a secret of Docker or systemd",
    read: readers.readPath,
  },
  tokensFile: {
    name: "tokens",
    variables: ["CHIME_TOKENS"],
    hint: "<file>",
    refusesEmpty: true,
    text:
      "a JSON file of named tokens and their rights, read again when it changes; see docs/access.md",
    read: readers.readPath,
  },
  jwtKeys: {
    name: "jwt-key",
    variables: ["CHIME_JWT_KEY"],
    hint: "<place>",
    isRepeatable: true,
    refusesEmpty: true,
    text:
      "a file with a key that JWTs are verified with, or the URL of a JWKS; repeatable; see docs/access.md",
    show: showKeyPlace,
    read: readKeyPlace,
  },
  jwtIssuers: {
    name: "jwt-issuer",
    variables: ["CHIME_JWT_ISSUER"],
    hint: "<name>",
    isRepeatable: true,
    refusesEmpty: true,
    text: "who may have made a JWT: its iss; repeatable",
    read: readers.readClaimText,
  },
  jwtAudiences: {
    name: "jwt-audience",
    variables: ["CHIME_JWT_AUDIENCE"],
    hint: "<name>",
    isRepeatable: true,
    refusesEmpty: true,
    text:
      "whom a JWT may be for: its aud; without it, a JWT must have none; repeatable",
    read: readers.readClaimText,
  },
  jwtClaim: {
    name: "jwt-claim",
    variables: ["CHIME_JWT_CLAIM"],
    hint: "<name>",
    default: "chime",
    text: "the claim of a JWT that holds the rights",
    read: readers.readClaimText,
  },
  jwtMaxAgeMs: {
    name: "jwt-max-age",
    variables: ["CHIME_JWT_MAX_AGE"],
    hint: "<time>",
    default: "30d",
    text: "how long a JWT may live, from its iat to its exp",
    read: readers.readAge,
  },
  isPrivate: {
    name: "private",
    variables: ["CHIME_PRIVATE"],
    hint: "<pattern>",
    isRepeatable: true,
    refusesEmpty: true,
    text:
      "channels that nobody may subscribe to without a right: a name, the beginning of names as user.*, or * for all; " +
      "repeatable",
    read: readers.readPattern,
  },
  authUrl: {
    name: "auth-url",
    variables: ["CHIME_AUTH_URL"],
    hint: "<url>",
    refusesEmpty: true,
    text:
      "the application's URL that is asked what a request may do where its credentials are not enough; see " +
      "docs/access.md",
    show: showAuthUrl,
    read: readAuthUrl,
  },
  authCookie: {
    name: "auth-cookie",
    variables: ["CHIME_AUTH_COOKIE"],
    hint: "<name>",
    refusesEmpty: true,
    text:
      "the name of a cookie that a token may come in, besides the header Authorization",
    read: readCookieName,
  },
} as const satisfies Record<string, Option>;
