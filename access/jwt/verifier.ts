import { decodeProtectedHeader, errors, importJWK, jwtVerify } from "jose";
import type { CryptoKey } from "jose";
import {
  JwtError,
  type JwtSettings,
  LEEWAY_S,
  UnknownKeyError,
  type Verified,
} from "./jwt.ts";
import { type JwtKey, PUBLIC_ALGORITHMS } from "./jwt_key.ts";

/** Verifies JWTs. Never by a key that a JWT brings or names the place of, nor by an algorithm that its key is not for. */
export class Verifier {
  readonly #settings: JwtSettings;
  readonly #keys: readonly JwtKey[];
  readonly #imported = new Map<string, Promise<CryptoKey | Uint8Array>>();

  constructor(settings: JwtSettings, keys: readonly JwtKey[]) {
    this.#settings = settings;
    this.#keys = keys;
  }

  /**
   * Verifies a JWT, and returns its claims.
   *
   * @throws {UnknownKeyError} where a key that is not known here may verify it.
   * @throws {JwtError} where it is wrong, or none.
   */
  async verify(text: string): Promise<Verified> {
    const { alg = "", kid } = headerOf(text);
    const keys = this.#keys.filter((key) =>
      key.algorithms.includes(alg) &&
      (kid === undefined || key.kid === undefined || key.kid === kid)
    );
    for (const key of keys) {
      try {
        return await this.#verify(text, key, alg);
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue;
        throw error instanceof errors.JOSEError ? toJwtError(error) : error;
      }
    }
    const isKnown = kid !== undefined &&
      this.#keys.some((key) => key.kid === kid);
    const rule = "no key here verifies it";
    // All secrets are known here.
    throw !isKnown && PUBLIC_ALGORITHMS.has(alg)
      ? new UnknownKeyError(rule)
      : new JwtError(rule);
  }

  async #verify(text: string, key: JwtKey, alg: string): Promise<Verified> {
    const { issuers, audiences, maxAgeMs } = this.#settings;
    const { payload } = await jwtVerify(text, await this.#import(key, alg), {
      algorithms: [alg],
      clockTolerance: LEEWAY_S,
      requiredClaims: ["exp", "iat"],
      ...issuers.length > 0 && { issuer: [...issuers] },
      ...audiences.length > 0 && { audience: [...audiences] },
    });
    if (audiences.length === 0 && payload.aud !== undefined) {
      throw new JwtError("it is for somebody else: its aud is not known here");
    }
    const { exp, iat } = payload as Verified;
    if (!Number.isFinite(iat) || iat > Date.now() / 1_000 + LEEWAY_S) {
      throw new JwtError("its iat must not lie ahead");
    }
    if ((exp - iat) * 1_000 > maxAgeMs) {
      throw new JwtError("it lives too long: --jwt-max-age is less");
    }
    return payload as Verified;
  }

  #import(key: JwtKey, alg: string): Promise<CryptoKey | Uint8Array> {
    const name = `${this.#keys.indexOf(key)} ${alg}`;
    let imported = this.#imported.get(name);
    if (!imported) {
      this.#imported.set(name, imported = importJWK(key.jwk, alg));
    }
    return imported;
  }
}

/** The library would leave out spaces and more, so that one JWT could be written in many ways. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

function headerOf(text: string): { alg?: string; kid?: string } {
  if (!JWT.test(text)) throw new JwtError("it is no JWT");
  try {
    return decodeProtectedHeader(text);
  } catch {
    // What the library says is about its own calls.
    throw new JwtError("it is no JWT");
  }
}

function toJwtError(error: errors.JOSEError): JwtError {
  if (error instanceof errors.JWTExpired) return new JwtError("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new JwtError(
      error.reason === "missing"
        ? `it must have ${error.claim}`
        : `its ${error.claim} is not taken here`,
    );
  }
  return new JwtError("it is no JWT that can be used here");
}
