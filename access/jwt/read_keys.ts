import { createPublicKey } from "node:crypto";
import type { JWK } from "jose";
import { InputError } from "../../events/input_error.ts";
import { readObject } from "../read_rights.ts";
import { type JwtKey, toJwtKey, toSecretKey } from "./jwt_key.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Reads a file of keys: a PEM with a public key or a certificate, a JWK, a JWKS, or else the bytes of a secret, of which
 * one final newline is dropped.
 *
 * @throws {InputError} where there is no key that can be used. The message holds no secret.
 */
export function readKeys(bytes: Uint8Array): JwtKey[] {
  const text = new TextDecoder().decode(bytes).trim();
  if (text.startsWith("-----BEGIN")) return [readPem(text)];
  const json = parseObject(text);
  if (!json) return [toSecretKey(withoutNewline(bytes))];
  if (Object.hasOwn(json, "keys")) return readKeySet(json);
  if (Object.hasOwn(json, "kty")) return [toJwtKey(json as JWK)];
  throw new InputError(
    "Cannot use the key: a JSON object must be a JWK or a JWKS",
  );
}

/**
 * Reads a JWKS. Keys that are not for signatures, or of a kind that cannot be used, are left out, as
 * https://www.rfc-editor.org/rfc/rfc7517#section-5 says.
 *
 * @throws {InputError} where it is none, or where no key is left.
 */
export function readKeySet(json: Readonly<Record<string, unknown>>): JwtKey[] {
  if (!Array.isArray(json.keys)) {
    throw new InputError("Cannot use the JWKS: keys must be a list");
  }
  let reason = "it has no keys";
  const keys = json.keys.flatMap((value) => {
    try {
      return toJwtKey(readObject(value, "the key") as JWK);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      reason = error.message;
      return [];
    }
  });
  if (keys.length > 0) return keys;
  throw new InputError(`Cannot use the JWKS: ${reason}`);
}

function readPem(text: string): JwtKey {
  // Node would make the public key of a private one, and nobody would notice where that lies around.
  if (/PRIVATE KEY-----/.test(text)) {
    throw new InputError(
      "Cannot use the key: it is a private key, and the public one is needed",
    );
  }
  let jwk: JWK;
  try {
    jwk = createPublicKey(text).export({ format: "jwk" }) as JWK;
  } catch {
    // What the library says would be about its own calls.
    throw new InputError(
      "Cannot use the key: its PEM must hold a public key or a certificate",
    );
  }
  return toJwtKey(jwk);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null;
    return isObject && !Array.isArray(value) ? value : undefined;
  } catch {
    // A secret, then.
    return undefined;
  }
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== NEWLINE) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
