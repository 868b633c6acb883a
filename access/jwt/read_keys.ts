import { createPublicKey } from "node:crypto";
import type { JWK } from "jose";
import { InputError } from "../../events/input_error.ts";
import { readObject } from "../read_rights.ts";
import { type JwtKey, toJwtKey, toSecretKey } from "./jwt_key.ts";
import { looksLikeKey } from "./looks_like_key.ts";
import { UnsafeKeyError } from "./unsafe_key_error.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A text that begins as JSON does, and is no random bytes: these would hardly be UTF-8 without control characters. */
const JSON_TEXT = /^[[{](?:[^\p{Cc}\ufffd]|\s)*$/u;

/**
 * Reads a file of keys: a PEM with a public key or a certificate, a JWK, a JWKS, or else the bytes of a secret, of which
 * one final newline is dropped.
 *
 * @throws {InputError} where there is no key that can be used. The message holds no secret.
 */
export function readKeys(bytes: Uint8Array): JwtKey[] {
  const text = new TextDecoder().decode(bytes).trim();
  // Other text may come first, as OpenSSL writes it.
  if (text.includes("-----BEGIN")) return [readPem(text)];
  // Half a JWK must not count as a secret.
  if (!JSON_TEXT.test(text)) {
    // A key in DER may end in the byte of a newline, and would be none without it.
    return [toSecretKey(looksLikeKey(bytes) ? bytes : withoutNewline(bytes))];
  }
  const json = parseObject(text);
  if (Object.hasOwn(json, "keys")) return readKeySet(json);
  if (Object.hasOwn(json, "kty")) return [toJwtKey(json as JWK)];
  throw new InputError(
    "Cannot use the key: what begins with { or [ must be a JWK or a JWKS",
  );
}

/**
 * Reads a JWKS. Keys that are not for signatures, or of a kind that cannot be used, are left out, as
 * https://www.rfc-editor.org/rfc/rfc7517#section-5 says.
 *
 * @throws {UnsafeKeyError} where it has a private key, or a secret that is too short or that others may know.
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
      if (!(error instanceof InputError) || error instanceof UnsafeKeyError) {
        throw error;
      }
      reason = error.message;
      return [];
    }
  });
  if (keys.length > 0) return keys;
  throw new InputError(`Cannot use the JWKS: ${reason}`);
}

function readPem(text: string): JwtKey {
  // Node would make the public key of a private one, and nobody would notice where that lies around.
  if (/PRIVATE KEY/.test(text)) {
    throw new UnsafeKeyError(
      "Cannot use the key: it is a private key, and the public one is needed",
    );
  }
  const blocks = text.split("-----BEGIN ").slice(1);
  if (blocks.length > 1) {
    throw new InputError(
      "Cannot use the keys: a PEM must hold one; --jwt-key may be given several times",
    );
  }
  let jwk: JWK;
  try {
    jwk = createPublicKey(`-----BEGIN ${blocks[0]}`).export({
      format: "jwk",
    }) as JWK;
  } catch {
    // What the library says would be about its own calls.
    throw new InputError(
      "Cannot use the key: its PEM must hold a public key or a certificate",
    );
  }
  return toJwtKey(jwk);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    // Its message would show a part of the text.
    return {};
  }
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== NEWLINE) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
