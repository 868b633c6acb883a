import type { JWK } from "jose";
import { InputError } from "../../events/input_error.ts";

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

const RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

/** The algorithms of elliptic curves, by curve. */
const CURVES: Readonly<Record<string, string>> = {
  "P-256": "ES256",
  "P-384": "ES384",
  "P-521": "ES512",
};

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
 * @throws {InputError} where it is private, too short, meant for something else, or of a kind that cannot be used.
 */
export function toJwtKey(jwk: JWK): JwtKey {
  if (jwk.use !== undefined && jwk.use !== "sig") {
    throw refuse(`its use must be sig, and not ${JSON.stringify(jwk.use)}`);
  }
  if (jwk.key_ops !== undefined && !isFor(jwk.key_ops, "verify")) {
    throw refuse("its key_ops must have verify");
  }
  if (PRIVATE.some((member) => Object.hasOwn(jwk, member))) {
    throw refuse("it is a private key, and the public one is needed");
  }
  const possible = algorithmsOf(jwk);
  const { alg = possible[0]!, kid } = jwk;
  if (!possible.includes(alg)) {
    throw refuse(`its alg must be ${possible.join(", ")}, and not ${alg}`);
  }
  return {
    jwk,
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

/** The algorithms that a key can be used with, the usual one first. */
function algorithmsOf(jwk: JWK): readonly string[] {
  const { kty, crv = "" } = jwk;
  if (kty === "RSA") {
    const bits = bytesOf(jwk.n, "n").length * 8;
    if (bits >= MIN_RSA_BITS) return RSA_ALGORITHMS;
    throw refuse(`it must have ${MIN_RSA_BITS} bits at least, and not ${bits}`);
  }
  if (kty === "EC" && Object.hasOwn(CURVES, crv)) return [CURVES[crv]!];
  if (kty === "OKP" && crv === "Ed25519") return ["EdDSA", "Ed25519"];
  if (kty === "oct") {
    const { length } = bytesOf(jwk.k, "k");
    if (length < MIN_SECRET_BYTES) {
      throw refuse(
        `a secret must have ${MIN_SECRET_BYTES} bytes at least, and not ${length}`,
      );
    }
    return Object.keys(SECRETS).filter((alg) => SECRETS[alg]! <= length);
  }
  throw refuse(
    "it must be of RSA, P-256, P-384, P-521, Ed25519, or a secret",
  );
}

function bytesOf(text: unknown, member: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(`${text}`, { alphabet: "base64url" });
  } catch {
    throw refuse(`its ${member} must be in base64url`);
  }
}

function isFor(operations: unknown, operation: string): boolean {
  return Array.isArray(operations) && operations.includes(operation);
}

function refuse(rule: string): InputError {
  return new InputError(`Cannot use the key: ${rule}`);
}
