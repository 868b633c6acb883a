import { assert, assertEquals, assertThrows } from "@std/assert";
import { execFileSync } from "node:child_process";
import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import fc from "fast-check";
import type { JwtKey } from "../../../access/jwt/jwt_key.ts";
import { readKeys } from "../../../access/jwt/read_keys.ts";
import { InputError } from "../../../events/input_error.ts";
import { base64url, pemOf, privatePemOf, signer, toPem } from "./jwts.ts";

const RSA = await signer("RS256");
const P256 = await signer("ES256");
const P384 = await signer("ES384");
const P521 = await signer("ES512");
const ED = await signer("EdDSA");

function read(content: string | Uint8Array) {
  return readKeys(
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
}

/** Reads it; no keys where it is refused as it must be. */
function readOrRefuse(text: string): JwtKey[] {
  try {
    return read(text);
  } catch (error) {
    assert(error instanceof InputError, `${error}`);
    return [];
  }
}

/** The message of a refusal. */
function refusalOf(content: string | Uint8Array): string {
  return assertThrows(() => read(content), InputError).message;
}

for (
  const [name, one, alg] of [
    ["RSA", RSA, "RS256"],
    ["P-256", P256, "ES256"],
    ["P-384", P384, "ES384"],
    ["P-521", P521, "ES512"],
    ["Ed25519", ED, "EdDSA"],
  ] as const
) {
  Deno.test(`readKeys reads a public key of ${name} in PEM, for ${alg} alone`, async () => {
    const pem = await pemOf(one);
    for (
      const text of [
        pem,
        pem.trimEnd(),
        pem.replaceAll("\n", "\r\n"),
        `\ufeff${pem}`,
        `the key of a.example\n\n${pem}\n`,
      ]
    ) {
      const [key, ...others] = read(text);
      assertEquals(others, []);
      assertEquals(key!.algorithms[0], alg);
      assertEquals(key!.kid, undefined);
      assertEquals<unknown>(key!.jwk, one.publicJwk);
    }
  });

  Deno.test(`readKeys reads a JWK and a JWKS of ${name}, with kid and alg`, () => {
    const jwk = { ...one.publicJwk, kid: "k1", alg };
    for (const value of [jwk, { keys: [jwk] }]) {
      for (
        const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]
      ) {
        for (const begin of ["", "\ufeff", "\n "]) {
          const [key] = read(begin + text);
          assertEquals([key!.algorithms[0], key!.kid], [alg, "k1"]);
          assertEquals<unknown>(key!.jwk, one.publicJwk);
        }
      }
    }
  });

  Deno.test(`readKeys refuses a private key of ${name}, in PEM and as a JWK`, async () => {
    const pem = await privatePemOf(one);
    for (
      const text of [
        pem,
        await pemOf(one) + pem,
        pem.replaceAll("PRIVATE", "RSA PRIVATE"),
        pem.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"),
        pem.replaceAll("PRIVATE", "OPENSSH PRIVATE"),
        JSON.stringify(one.privateJwk),
        JSON.stringify({ keys: [one.publicJwk, one.privateJwk] }),
        JSON.stringify({
          keys: [P256.publicJwk, { ...one.privateJwk, use: "enc" }],
        }),
      ]
    ) {
      assert((refusalOf(text)).includes("it is a private key"), text);
    }
  });
}

Deno.test("readKeys reads a key of RSA in PKCS #1", async () => {
  const pem = createPublicKey(await pemOf(RSA))
    .export({ format: "pem", type: "pkcs1" }) as string;
  const [key] = read(pem);
  assertEquals<unknown>(key!.jwk, RSA.publicJwk);
});

Deno.test({
  name: "readKeys reads a certificate, and refuses several",
  ignore: !hasOpenssl(),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      execFileSync("openssl", [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt"],
        ...["ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=a"],
        ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
      ], { stdio: "ignore" });
      const pem = await Deno.readTextFile(`${folder}/cert.pem`);
      const [key] = read(pem);
      assertEquals([key!.algorithms[0], key!.jwk.crv], ["ES256", "P-256"]);
      assert((refusalOf(pem + pem)).includes("a PEM must hold one"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

for (const end of ["", "\n", "\r\n"]) {
  for (const last of [0x0a, 0x0d, 0x41]) {
    Deno.test(`readKeys refuses a key in DER whose last byte is ${last}, with ${JSON.stringify(end)} after it`, () => {
      const der = [0x30, 40, 0x02, ...Array(38).fill(0x41), last];
      const file = [...der, ...new TextEncoder().encode(end)];
      refusalOf(Uint8Array.from(file));
    });
  }
}

Deno.test("readKeys takes any other bytes for a secret, without one final newline", () => {
  fc.assert(
    fc.property(
      // Not all of it is text.
      fc.uint8Array({ minLength: 31, maxLength: 80 })
        .map((bytes) => Uint8Array.of(bytes[0]!, 0, ...bytes.slice(1)))
        .filter((bytes) => bytes.at(-1) !== 0x0a),
      fc.constantFrom("", "\n", "\r\n"),
      (bytes, end) => {
        const file = new Uint8Array(
          [...bytes, ...end].map((part) =>
            typeof part === "string" ? part.charCodeAt(0) : part
          ),
        );
        const [key, ...others] = read(file);
        assertEquals(others, []);
        assertEquals(key!.algorithms[0], "HS256");
        // Of bytes that end in CR, `\n` takes the CR with it.
        const isCut = end === "\n" && bytes.at(-1) === 0x0d;
        assertEquals<unknown>(key!.jwk, {
          kty: "oct",
          k: base64url(isCut ? bytes.slice(0, -1) : bytes),
        });
      },
    ),
  );
  const two = read(`${"s".repeat(32)}\n\n`);
  assertEquals(two[0]!.jwk.k, base64url(`${"s".repeat(32)}\n`));
});

Deno.test("readKeys takes random bytes for a secret also where they begin as JSON does", () => {
  for (const begin of "{[") {
    for (const other of [0, 0x1b, 0x80, 0xff]) {
      const bytes = Uint8Array.of(
        ...new TextEncoder().encode(begin),
        ...new Uint8Array(31).fill(other),
      );
      assertEquals(read(bytes)[0]!.jwk.k, base64url(bytes));
    }
  }
});

Deno.test("readKeys refuses a secret under 32 bytes, however it ends", () => {
  for (const length of [0, 1, 6, 31]) {
    for (const end of ["", "\n", "\r\n"]) {
      const message = refusalOf("s".repeat(length) + end);
      assert(message.includes("32 bytes at least"), message);
      assert(!message.includes("sss"), message);
    }
  }
  read("s".repeat(32));
  // The rule counts bytes, not characters.
  read("é".repeat(16));
  refusalOf("é".repeat(15));
});

const SPKI = new Uint8Array(
  await crypto.subtle.exportKey("spki", RSA.publicKey),
);
const SPKI_ED = new Uint8Array(
  await crypto.subtle.exportKey("spki", ED.publicKey),
);
const PKCS8 = new Uint8Array(
  await crypto.subtle.exportKey("pkcs8", RSA.privateKey),
);
const PKCS1 = new Uint8Array(
  createPublicKey(await pemOf(RSA)).export({ format: "der", type: "pkcs1" }),
);
const PEM = await pemOf(RSA);

/** Texts in UTF-16, as PowerShell writes them. */
function utf16(text: string, isBig = false): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  for (const [i, unit] of [...`\ufeff${text}`].entries()) {
    view.setUint16(2 * i, unit.charCodeAt(0), !isBig);
  }
  return bytes;
}

for (
  const [what, content] of [
    ["half of a PEM", PEM.slice(0, 200)],
    [
      "a PEM of nothing",
      "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
    ],
    ["a PEM of something else", toPem("DH PARAMETERS", SPKI)],
    ["a PEM with a wrong label", toPem("CERTIFICATE", SPKI)],
    ["a PEM of PGP", `-----BEGIN PGP PUBLIC KEY BLOCK-----\n${"a".repeat(40)}`],
    ["a PEM in UTF-16", utf16(PEM)],
    ["a PEM in big-endian UTF-16", utf16(PEM, true)],
    ["a PEM in base64", base64url(PEM)],
    ["two PEMs", PEM + PEM],
    ["a public key in DER", SPKI],
    ["a public key of Ed25519 in DER", SPKI_ED],
    ["a public key of RSA in PKCS #1", PKCS1],
    ["a private key in DER", PKCS8],
    ["a public key in base64 alone", SPKI.toBase64()],
    [
      "a public key in lines of base64",
      SPKI.toBase64().match(/.{1,64}/g)!.join("\n"),
    ],
    ["a public key in base64url", base64url(SPKI)],
    ["a key of SSH", `ssh-ed25519 ${"A".repeat(68)} me@here`],
    ["an ECDSA key of SSH", `ecdsa-sha2-nistp256 ${"A".repeat(68)} me@here`],
    ["a key of SSH2", `---- BEGIN SSH2 PUBLIC KEY ----\n${"A".repeat(68)}`],
    ["half of a JWK", JSON.stringify(RSA.publicJwk).slice(0, 100)],
    ["a JWK in base64", base64url(JSON.stringify(RSA.publicJwk))],
    ["a JWK in UTF-16", utf16(JSON.stringify(RSA.publicJwk))],
    ["a list of JWKs", JSON.stringify([RSA.publicJwk])],
    ["a list", JSON.stringify(["s".repeat(40)])],
    ["other JSON", JSON.stringify({ key: "s".repeat(40) })],
    ["a JWKS without keys", '{"keys":[]}'],
    ["a JWKS whose keys are no list", '{"keys":{}}'],
    [
      "a PEM as the secret of a JWK",
      JSON.stringify({ kty: "oct", k: base64url(PEM) }),
    ],
    [
      "a short secret in a JWKS beside a right key",
      JSON.stringify({
        keys: [RSA.publicJwk, { kty: "oct", k: base64url("short") }],
      }),
    ],
  ] as [string, string | Uint8Array][]
) {
  Deno.test(`readKeys refuses ${what}, and shows nothing of it`, () => {
    const message = refusalOf(content);
    assert(message.startsWith("Cannot use "), message);
    const text = typeof content === "string" ? content : "";
    for (let i = 0; i + 12 <= text.length; i += 6) {
      const piece = text.slice(i, i + 12);
      if (/^-|BEGIN|KEY/.test(piece)) continue;
      assert(!message.includes(piece), message);
    }
  });
}

for (
  const [what, type, options] of [
    ["secp256k1", "ec", { namedCurve: "secp256k1" }],
    ["X25519", "x25519", {}],
    ["RSA with 1,024 bits", "rsa", { modulusLength: 1_024 }],
  ] as const
) {
  Deno.test(`readKeys refuses a key of ${what}`, () => {
    const { publicKey } = generateKeyPairSync(type as "ec", options as never);
    const pem = (publicKey as unknown as KeyObject).export({
      format: "pem",
      type: "spki",
    }) as string;
    refusalOf(pem);
  });
}

Deno.test("readKeys either reads a piece of a key file as a key, or refuses it: never as a secret", () => {
  const files = [PEM, JSON.stringify(RSA.publicJwk), SPKI.toBase64()];
  fc.assert(fc.property(
    fc.constantFrom(...files),
    fc.nat(10),
    fc.nat(3),
    (file, cutAtEnd, spaces) => {
      const text = " ".repeat(spaces) +
        file.slice(0, file.length - cutAtEnd);
      const keys = readOrRefuse(text);
      // What is cut off base64 leaves DER that is not whole, so that it may be anything.
      if (file === files[2] && cutAtEnd > 0) return;
      for (const { algorithms } of keys) {
        assertEquals(algorithms, ["RS256"]);
      }
    },
  ));
});
