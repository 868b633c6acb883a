import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { JWK } from "jose";
import { type JwtKey, toJwtKey } from "../../../access/jwt/jwt_key.ts";
import { readKeySet } from "../../../access/jwt/read_keys.ts";
import { UnsafeKeyError } from "../../../access/jwt/unsafe_key_error.ts";
import { InputError } from "../../../events/input_error.ts";
import { base64url, randomSecret, type Signer, signer } from "./jwts.ts";

const SIGNERS: Record<string, Signer> = Object.fromEntries(
  await Promise.all(
    ["RS256", "ES256", "ES384", "ES512", "EdDSA"].map(async (alg) =>
      [alg, await signer(alg)] as const
    ),
  ),
);
/** Reads a value as a JWK, whatever it is. */
function read(value: unknown): JwtKey {
  return toJwtKey(value as JWK);
}

/** Reads keys as a JWKS. */
function readSet(keys: unknown[]): JwtKey[] {
  return readKeySet({ keys });
}

const SECRET = { kty: "oct", k: base64url(randomSecret(64)) };
const JWKS = [
  ...Object.values(SIGNERS).map(({ publicJwk }) => publicJwk),
  SECRET,
];

const RSA_ALGS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const ALGS = [
  ...RSA_ALGS,
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
  ...["HS256", "HS384", "HS512"],
];
/** The algorithms that each of {@linkcode JWKS} is for; the first is the one that it has where it names none. */
const RIGHT = [
  RSA_ALGS,
  ["ES256"],
  ["ES384"],
  ["ES512"],
  ["EdDSA", "Ed25519"],
  ["HS256", "HS384", "HS512"],
];

for (const [i, jwk] of JWKS.entries()) {
  const right = RIGHT[i]!;
  const name = `${jwk.kty} ${"crv" in jwk ? jwk.crv : ""}`.trim();

  Deno.test(`toJwtKey takes a key of ${name} for ${right.join(", ")}, and for no other algorithm`, () => {
    assertEquals(read(jwk).algorithms[0], right[0]);
    for (const alg of right) {
      const key = read({ ...jwk, alg });
      assertEquals(key.algorithms, jwk.kty === "OKP" ? right : [alg]);
      assertEquals<unknown>(key.jwk, jwk);
    }
    const wrong = fc.oneof(
      fc.constantFrom(...ALGS, "none", "None", "", "RSA-OAEP", "ES256K"),
      fc.string(),
      fc.jsonValue(),
    ).filter((alg) => !right.includes(alg as string));
    fc.assert(fc.property(wrong, (alg) => {
      assertThrows(() => read({ ...jwk, alg }), InputError);
    }));
  });

  Deno.test(`toJwtKey refuses a key of ${name} that lacks a member, or has a wrong one`, () => {
    for (const member of Object.keys(jwk)) {
      const { [member]: _, ...others } = jwk as Record<string, unknown>;
      assertThrows(() => read(others), InputError, undefined, member);
      for (const value of ["", 1, null, {}, "*", ["RSA"]]) {
        const wrong = { ...jwk, [member]: value };
        assertThrows(
          () => read(wrong),
          InputError,
          undefined,
          member,
        );
      }
    }
  });

  Deno.test(`toJwtKey takes a key of ${name} to verify with, whatever else it holds, and no other`, () => {
    for (
      const others of [
        { use: "sig" },
        { key_ops: ["verify"] },
        { key_ops: ["sign", "verify"], use: "sig" },
        ...jwk.kty === "RSA" ? [{ crv: "P-256" }, { crv: "Ed25519" }] : [],
        { x5c: ["a"], jku: "b", unknown: { a: 1 }, ext: false },
      ]
    ) assertEquals<unknown>((read({ ...jwk, ...others })).jwk, jwk);
    for (
      const others of [
        { use: "enc" },
        { use: "" },
        { use: null },
        { use: ["sig"] },
        { key_ops: [] },
        { key_ops: ["sign"] },
        { key_ops: "verify" },
        { key_ops: null },
        { use: "enc", key_ops: ["verify"] },
      ]
    ) {
      const wrong = { ...jwk, ...others };
      assertThrows(() => read(wrong), InputError, "its ");
    }
  });

  Deno.test(`toJwtKey refuses a key of ${name} with any member of a private key`, () => {
    for (const member of ["d", "p", "q", "dp", "dq", "qi", "oth"]) {
      for (const value of ["AQAB", "", null]) {
        const wrong = { ...jwk, [member]: value, use: "enc" };
        assertThrows(() => read(wrong), UnsafeKeyError);
      }
    }
  });
}

Deno.test("toJwtKey reads kid, and ignores one that is no text", () => {
  const { publicJwk } = SIGNERS.ES256!;
  assertEquals("kid" in read(publicJwk), false);
  assertEquals(read({ ...publicJwk, kid: "a" }).kid, "a");
  for (const kid of [1, null, ["a"], {}]) {
    assertEquals(read({ ...publicJwk, kid }).kid, undefined);
  }
});

Deno.test("toJwtKey refuses a point that is on another curve, and names of curves that do not fit", () => {
  const { x, y } = SIGNERS.ES256!.publicJwk;
  for (
    const wrong of [
      { kty: "EC", crv: "P-256", x: y, y: x },
      { kty: "EC", crv: "P-384", x, y },
      { kty: "OKP", crv: "P-256", x, y },
      { kty: "EC", crv: "Ed25519", x, y },
      { kty: "OKP", crv: "X25519", x },
      { kty: "RSA", crv: "P-256", x, y },
      { kty: "EC", x, y },
      { kty: "EC P-256", x, y, crv: "P-256" },
      { kty: "OKP Ed25519", x, crv: "Ed25519" },
      { kty: "constructor", x, y },
      { kty: "AKP", alg: "ML-DSA-44", pub: x },
    ]
  ) assertThrows(() => read(wrong), InputError);
});

Deno.test("toJwtKey refuses a key of RSA under 2,048 bits", async () => {
  const small = await signer("RS256", 2_040);
  assertThrows(
    () => read(small.publicJwk),
    InputError,
    "must have 2048 bits at least",
  );
});

Deno.test("toJwtKey refuses a secret that is shorter than its algorithm's hash", () => {
  for (
    const [alg, min] of [
      ["HS256", 32],
      ["HS384", 48],
      ["HS512", 64],
    ] as const
  ) {
    const secret = (length: number) =>
      read({ kty: "oct", alg, k: base64url(randomSecret(length)) });
    secret(min);
    assertThrows(() => secret(min - 1), InputError);
  }
});

Deno.test("toJwtKey refuses any other JSON with an InputError", () => {
  const kind = fc.constantFrom("RSA", "EC", "OKP", "oct");
  fc.assert(fc.property(
    fc.jsonValue(),
    kind,
    fc.dictionary(
      fc.constantFrom("crv", "n", "e", "x", "y", "k", "alg"),
      fc.jsonValue(),
    ),
    (value, kty, members) => {
      assertThrows(() => readSet([value]), InputError);
      if (kty === "oct") members.k = "short";
      assertThrows(() => read({ ...members, kty }), InputError);
    },
  ));
  for (const crv of [null, ["P-256"], { toString: null }]) {
    assertThrows(() => read({ kty: "EC", crv }), InputError);
  }
});

Deno.test("readKeySet leaves out what is no key to verify with", () => {
  const { publicJwk } = SIGNERS.ES256!;
  const right = { ...publicJwk, kid: "right" };
  const leftOut = fc.oneof(
    // A short name may be that of a member of a private key.
    fc.jsonValue().filter((value) =>
      !/"(?:dp?|p|dq|qi?|oth|priv)":/.test(JSON.stringify(value))
    ),
    fc.constantFrom(
      { ...publicJwk, use: "enc" },
      { ...publicJwk, alg: "ECDH-ES" },
      { ...publicJwk, x: "AA" },
      { ...SIGNERS.RS256!.publicJwk, alg: "RSA-OAEP-256" },
      { kty: "AKP" },
    ),
  );
  fc.assert(fc.property(
    fc.array(leftOut),
    fc.array(leftOut),
    (before, after) => {
      const keys = readSet([...before, right, ...after]);
      assertEquals(keys.map(({ kid }) => kid), ["right"]);
      assertThrows(
        () => readSet([...before, ...after]),
        InputError,
        "Cannot use the JWKS: ",
      );
    },
  ));
});

Deno.test("readKeySet refuses a set with a private key, or with a secret that may be guessed", () => {
  const { publicJwk, privateJwk } = SIGNERS.ES256!;
  for (
    const unsafe of [
      privateJwk,
      { ...privateJwk, use: "enc" },
      { kty: "oct", k: base64url("short") },
    ]
  ) {
    for (const keys of [[unsafe], [publicJwk, unsafe], [unsafe, publicJwk]]) {
      assertThrows(() => readSet(keys), UnsafeKeyError);
    }
  }
});

Deno.test("readKeySet keeps the order, and refuses what is no set", () => {
  const keys = JWKS.map((jwk, i) => ({ ...jwk, kid: `${i}` }));
  assertEquals(
    (readKeySet({ keys, other: 1 })).map(({ kid }) => kid),
    keys.map(({ kid }) => kid),
  );
  for (
    const value of [{ keys: {} }, { keys: "a" }, { keys: null }, {}, {
      keys: [],
    }]
  ) {
    assertThrows(() => readKeySet(value), InputError);
  }
});
