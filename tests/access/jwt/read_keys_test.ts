import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { generateKeyPairSync } from "node:crypto";
import { readKeys } from "../../../access/jwt/read_keys.ts";
import { InputError } from "../../../events/input_error.ts";

const encode = (value: unknown) =>
  new TextEncoder().encode(
    typeof value === "string" ? value : JSON.stringify(value),
  );

function pair(
  kind: "rsa" | "ec" | "ed25519" | "x25519",
  detail: number | string = 2_048,
) {
  const { publicKey, privateKey } = kind === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: detail as number })
    : kind === "ec"
    ? generateKeyPairSync("ec", { namedCurve: detail as string })
    : generateKeyPairSync(kind as "ed25519");
  return {
    pem: publicKey.export({ type: "spki", format: "pem" }) as string,
    jwk: publicKey.export({ format: "jwk" }) as Record<string, string>,
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    privateJwk: privateKey.export({ format: "jwk" }) as Record<string, string>,
  };
}

const RSA = pair("rsa");
const EC = pair("ec", "P-256");
const ED = pair("ed25519");

/** A certificate of a P-256 key, made by OpenSSL. It is not looked at until when it is valid. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBczCCARmgAwIBAgIUA6Gw
-----END CERTIFICATE-----
`;

const algorithms = (bytes: Uint8Array) =>
  readKeys(bytes).map(({ algorithms }) => algorithms.join());

Deno.test("readKeys reads public keys of each kind, for the usual algorithm of the kind", () => {
  for (
    const [key, algorithm] of [
      [RSA, "RS256"],
      [EC, "ES256"],
      [pair("ec", "P-384"), "ES384"],
      [ED, "EdDSA,Ed25519"],
    ] as const
  ) {
    for (const text of [key.pem, `\n${key.pem}\n`, key.jwk]) {
      assertEquals(algorithms(encode(text)), [algorithm]);
    }
    const keys = { keys: [{ ...key.jwk, kid: "k", use: "sig" }] };
    assertEquals(algorithms(encode(keys)), [algorithm]);
    assertEquals(readKeys(encode(keys))[0]!.kid, "k");
  }
});

Deno.test("readKeys takes the alg of a JWK where the key is for it", () => {
  for (const alg of ["RS384", "RS512", "PS256", "PS384", "PS512"]) {
    assertEquals(algorithms(encode({ ...RSA.jwk, alg })), [alg]);
  }
  const k = "x".repeat(88);
  for (const alg of ["HS256", "HS384", "HS512"]) {
    assertEquals(algorithms(encode({ kty: "oct", k, alg })), [alg]);
  }
  for (
    const [jwk, alg] of [
      [RSA.jwk, "HS256"],
      [RSA.jwk, "none"],
      [RSA.jwk, "ES256"],
      [RSA.jwk, "RSA-OAEP"],
      [EC.jwk, "ES384"],
      [EC.jwk, "HS256"],
      [ED.jwk, "ES256"],
      [{ kty: "oct", k: "x".repeat(43) }, "HS512"],
      [{ kty: "oct", k }, "RS256"],
    ] as const
  ) {
    assertThrows(
      () => readKeys(encode({ ...jwk, alg })),
      InputError,
      "Cannot use the key: its alg must be ",
    );
  }
});

Deno.test("readKeys reads any other bytes as a secret, without one final newline", () => {
  const secret = (...ends: string[]) =>
    ends.map((end) => readKeys(encode("s".repeat(40) + end))[0]!.jwk.k);
  const [bare, newline, both] = secret("", "\n", "\r\n");
  assertEquals([newline, both], [bare, bare]);
  const [two, space] = secret("\n\n", " ");
  assert(two !== bare && space !== bare);
  fc.assert(fc.property(
    fc.uint8Array({ minLength: 32, maxLength: 80 }),
    (bytes) => {
      bytes[0] = 0x80;
      bytes[bytes.length - 1] = 0x80;
      const [key, ...others] = readKeys(bytes);
      assertEquals(others, []);
      assertEquals(
        Uint8Array.fromBase64(key!.jwk.k!, { alphabet: "base64url" }),
        bytes,
      );
      assertEquals(key!.algorithms, ["HS256"]);
    },
  ));
});

for (
  const [what, bytes, rule] of [
    ["nothing", encode(""), "a secret must have 32 bytes at least, and not 0"],
    [
      "a short secret",
      encode("s".repeat(31)),
      "a secret must have 32 bytes at least, and not 31",
    ],
    [
      "a short secret with its newline",
      encode("s".repeat(31) + "\n"),
      "and not 31",
    ],
    ["a private PEM", encode(RSA.privatePem), "it is a private key"],
    ["a private JWK", encode(EC.privateJwk), "it is a private key"],
    [
      "both, the public one first",
      encode(RSA.pem + RSA.privatePem),
      "it is a private key",
    ],
    [
      "a PEM of something else",
      encode("-----BEGIN MESSAGE-----\nAAAA\n-----END MESSAGE-----"),
      "its PEM must hold a public key or a certificate",
    ],
    [
      "a broken certificate",
      encode(CERTIFICATE),
      "its PEM must hold a public key or a certificate",
    ],
    ["a short RSA key", encode(pair("rsa", 1_024).pem), "2048 bits at least"],
    ["a key for agreement", encode(pair("x25519").pem), "it must be of RSA"],
    [
      "a key for encryption",
      encode({ ...RSA.jwk, use: "enc" }),
      "its use must be sig",
    ],
    [
      "a key that only signs",
      encode({ ...RSA.jwk, key_ops: ["sign"] }),
      "its key_ops must have verify",
    ],
    ["another object", encode({ secret: "s".repeat(40) }), "must be a JWK"],
    ["an empty JWKS", encode({ keys: [] }), "it has no keys"],
    ["a JWKS of no list", encode({ keys: {} }), "keys must be a list"],
    [
      "a JWKS of private keys",
      encode({ keys: [EC.privateJwk] }),
      "it is a private key",
    ],
    ["a JWK without a key", encode({ kty: "oct" }), "its k must be"],
  ] satisfies [string, Uint8Array, string][]
) {
  Deno.test(`readKeys refuses ${what}`, () => {
    const error = assertThrows(() => readKeys(bytes), InputError, rule);
    assert(!error.message.includes("\n"));
    assert(!/s{31}|MII/.test(error.message), error.message);
  });
}

Deno.test("readKeys leaves out the keys of a JWKS that it cannot use", () => {
  const keys = [
    { ...RSA.jwk, use: "enc" },
    { kty: "new" },
    { ...ED.jwk, kid: "mine" },
    null,
  ];
  assertEquals(readKeys(encode({ keys })).map(({ kid }) => kid), ["mine"]);
});
