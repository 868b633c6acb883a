import type { JWK } from "jose";
import { createPublicKey } from "node:crypto";
import { InputError } from "../../events/input_error.ts";
import { looksLikeKey } from "./looks_like_key.ts";
import { UnsafeKeyError } from "./unsafe_key_error.ts";

/** A key that signatures of JWTs are verified with. It is plain data, so that it can be sent to another thread. */
export interface JwtKey {
  readonly jwk: Readonly<JWK>;
  /** The algorithms that it may be used with. No other is taken, whatever a JWT says. */
  readonly algorithms: readonly string[];
  /** Its name, if it has one. */
  readonly kid?: string;
}

/** The shortest secret, in bytes. https://www.rfc-editor.org/rfc/rfc7518#section-3.2 */
const MIN_SECRET_BYTES = 32;
/** The shortest modulus of RSA, in bits. https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
const MIN_RSA_BITS = 2_048;

/** What is known of one kind of public keys. */
interface PublicKind {
  /** The algorithms that such a key can be used with, the usual one first. */
  readonly algorithms: readonly string[];
  /** The members that make up the key. */
  readonly members: readonly ("kty" | "n" | "e" | "crv" | "x" | "y")[];
}

const EC_MEMBERS = ["kty", "crv", "x", "y"] as const;

/** The kinds of public keys, by `kty` and `crv`. https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
const PUBLIC_KINDS: Readonly<Record<string, PublicKind>> = {
  RSA: {
    algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    members: ["kty", "n", "e"],
  },
  "EC P-256": { algorithms: ["ES256"], members: EC_MEMBERS },
  "EC P-384": { algorithms: ["ES384"], members: EC_MEMBERS },
  "EC P-521": { algorithms: ["ES512"], members: EC_MEMBERS },
  "OKP Ed25519": {
    algorithms: ["EdDSA", "Ed25519"],
    members: ["kty", "crv", "x"],
  },
};

/** The algorithms of public keys. */
export const PUBLIC_ALGORITHMS: ReadonlySet<string> = new Set(
  Object.values(PUBLIC_KINDS).flatMap(({ algorithms }) => algorithms),
);

/** The shortest secret of each algorithm, in bytes. */
const SECRETS: Readonly<Record<string, number>> = {
  HS256: 32,
  HS384: 48,
  HS512: 64,
};

/** Members that only a private key has. https://www.rfc-editor.org/rfc/rfc7518#section-6 */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv"];

/**
 * Makes a key of a JWK, for the algorithm that it names, or else for the usual one of its kind: RS256, ES256, EdDSA, HS256.
 *
 * @throws {UnsafeKeyError} where it is private, or a secret that is too short or that others may know.
 * @throws {InputError} where it is meant for something else, or of a kind that cannot be used.
 */
export function toJwtKey(jwk: JWK): JwtKey {
  if (PRIVATE.some((member) => Object.hasOwn(jwk, member))) {
    throw new UnsafeKeyError(
      "Cannot use the key: it is a private key, and the public one is needed",
    );
  }
  if (jwk.use !== undefined && jwk.use !== "sig") {
    throw refuse(`its use must be sig, and not ${JSON.stringify(jwk.use)}`);
  }
  if (jwk.key_ops !== undefined && !isFor(jwk.key_ops, "verify")) {
    throw refuse("its key_ops must have verify");
  }
  const { bare, possible } = jwk.kty === "oct"
    ? readSecret(jwk)
    : readPublic(jwk);
  const { alg = possible[0]!, kid } = jwk;
  if (!possible.includes(alg)) {
    throw refuse(
      `its alg must be ${possible.join(", ")}, and not ${JSON.stringify(alg)}`,
    );
  }
  return {
    jwk: bare,
    // Two names of one algorithm: https://www.rfc-editor.org/rfc/rfc9864#section-2.2
    algorithms: alg === "EdDSA" || alg === "Ed25519"
      ? ["EdDSA", "Ed25519"]
      : [alg],
    ...typeof kid === "string" && { kid },
  };
}

/** Makes a key of a secret that both sides know. */
export function toSecretKey(secret: Uint8Array): JwtKey {
  const k = secret.toBase64({ alphabet: "base64url", omitPadding: true });
  return toJwtKey({ kty: "oct", k });
}

/** The members that make up a key, and the algorithms that it can be used with, the usual one first. */
interface Read {
  readonly bare: JWK;
  readonly possible: readonly string[];
}

function readSecret({ kty, k }: JWK): Read {
  const secret = bytesOf(k, "k");
  if (secret.length < MIN_SECRET_BYTES) {
    throw new UnsafeKeyError(
      `Cannot use the key: a secret must have ${MIN_SECRET_BYTES} bytes at least, and not ${secret.length}`,
    );
  }
  if (looksLikeKey(secret)) {
    throw new UnsafeKeyError(
      "Cannot use the key: a secret must be random, and not a key in another form; a public key must be in PEM, or a JWK",
    );
  }
  const possible = Object.keys(SECRETS)
    .filter((alg) => SECRETS[alg]! <= secret.length);
  return { bare: { kty: kty!, k: k! }, possible };
}

function readPublic(jwk: JWK): Read {
  const { kty, crv } = jwk;
  const parts = kty === "EC" || kty === "OKP" ? [kty, crv] : [kty];
  // JSON may have anything in the place of a text, even what cannot be made one.
  const isText = parts.every((part) => typeof part === "string");
  const name = isText ? parts.join(" ") : "";
  if (!Object.hasOwn(PUBLIC_KINDS, name)) {
    throw refuse(
      "it must be of RSA, P-256, P-384, P-521, Ed25519, or a secret",
    );
  }
  const { algorithms, members } = PUBLIC_KINDS[name]!;
  const bare: JWK = Object.fromEntries(
    members.map((member) => [member, jwk[member]]),
  );
  const bits = bitsOf(bare);
  if (bits >= MIN_RSA_BITS) return { bare, possible: algorithms };
  throw refuse(`it must have ${MIN_RSA_BITS} bits at least, and not ${bits}`);
}

/** How many bits the modulus has; infinitely many for a key that has none. Checks that what there is makes up a key. */
function bitsOf(jwk: JWK): number {
  for (const member of ["n", "e", "x", "y"] as const) {
    if (Object.hasOwn(jwk, member)) bytesOf(jwk[member], member);
  }
  try {
    // Web Crypto, which verifies with the key, does not see that a point is not on its curve.
    const { asymmetricKeyDetails } = createPublicKey({
      key: jwk,
      format: "jwk",
    });
    return asymmetricKeyDetails?.modulusLength ?? Infinity;
  } catch {
    // What the library says would be about its own calls.
    throw refuse(`its members must make up a key of ${jwk.kty}`);
  }
}

function bytesOf(text: unknown, member: string): Uint8Array {
  if (typeof text === "string" && /^[\w-]*$/.test(text)) {
    try {
      return Uint8Array.fromBase64(text, { alphabet: "base64url" });
    } catch {
      // Its length is one that no bytes have.
    }
  }
  throw refuse(`its ${member} must be in base64url`);
}

function isFor(operations: unknown, operation: string): boolean {
  return Array.isArray(operations) && operations.includes(operation);
}

function refuse(rule: string): InputError {
  return new InputError(`Cannot use the key: ${rule}`);
}
