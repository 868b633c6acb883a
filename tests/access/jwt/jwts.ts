import { type JWK, SignJWT } from "jose";
import { type JwtKey, toJwtKey } from "../../../access/jwt/jwt_key.ts";

/** A key pair that JWTs are made and verified with. */
export interface Signer {
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

const PARAMETERS: Record<string, RsaHashedKeyGenParams | EcKeyGenParams> = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  ES384: { name: "ECDSA", namedCurve: "P-384" },
  ES512: { name: "ECDSA", namedCurve: "P-521" },
  RS256: rsa("RSASSA-PKCS1-v1_5", "SHA-256"),
  RS512: rsa("RSASSA-PKCS1-v1_5", "SHA-512"),
  PS256: rsa("RSA-PSS", "SHA-256"),
};

function rsa(
  name: string,
  hash: string,
  modulusLength = 2_048,
): RsaHashedKeyGenParams {
  const publicExponent = new Uint8Array([1, 0, 1]);
  return { name, hash, modulusLength, publicExponent };
}

/** Makes a key pair. Its JWKs have no `alg`. */
export async function signer(
  alg: string,
  modulusLength?: number,
): Promise<Signer> {
  const parameters = alg === "EdDSA" || alg === "Ed25519"
    ? { name: "Ed25519" }
    : { ...PARAMETERS[alg]!, ...modulusLength && { modulusLength } };
  const pair = await crypto.subtle.generateKey(parameters, true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  return {
    alg,
    publicJwk: await jwkOf(pair.publicKey),
    privateJwk: await jwkOf(pair.privateKey),
    ...pair,
  };
}

async function jwkOf(key: CryptoKey): Promise<JWK> {
  const { alg: _, key_ops: __, ext: ___, ...jwk } = await crypto.subtle
    .exportKey("jwk", key);
  return jwk as JWK;
}

/** A public key in PEM. */
export async function pemOf({ publicKey }: Signer): Promise<string> {
  const der = new Uint8Array(
    await crypto.subtle.exportKey("spki", publicKey),
  );
  return toPem("PUBLIC KEY", der);
}

/** A private key in PEM. */
export async function privatePemOf({ privateKey }: Signer): Promise<string> {
  const der = new Uint8Array(
    await crypto.subtle.exportKey("pkcs8", privateKey),
  );
  return toPem("PRIVATE KEY", der);
}

export function toPem(label: string, der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g)!.join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** The key that verifies what the signer signs. */
export function keyOf(
  { publicJwk, alg }: Signer,
  others: Partial<JWK> = {},
): JwtKey {
  return toJwtKey({ ...publicJwk, alg, ...others });
}

/** Claims that are right: now, for 10 minutes. */
export function claims(others: Record<string, unknown> = {}) {
  const now = Math.floor(Date.now() / 1_000);
  return { iat: now, exp: now + 600, ...others };
}

/** Signs a JWT. */
export function sign(
  key: Signer | Uint8Array,
  payload: Record<string, unknown> = claims(),
  header: Record<string, unknown> = {},
): Promise<string> {
  const isSecret = key instanceof Uint8Array;
  return new SignJWT(payload)
    .setProtectedHeader({ alg: isSecret ? "HS256" : key.alg, ...header })
    .sign(isSecret ? key : key.privateKey);
}

/** Makes a JWT of any text, signed or not. */
export function assemble(
  header: unknown,
  payload: unknown,
  signature: string | Uint8Array = "",
): string {
  const part = (value: unknown) => base64url(JSON.stringify(value));
  return `${part(header)}.${part(payload)}.${base64url(signature)}`;
}

/** Encodes bytes, or a text, in base64url. */
export function base64url(value: string | Uint8Array): string {
  const bytes = typeof value === "string"
    ? new TextEncoder().encode(value)
    : value;
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Random bytes that can be a secret. */
export function randomSecret(length = 32): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
