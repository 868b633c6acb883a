import { assert, assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { SignJWT } from "jose";
import { createHmac } from "node:crypto";
import {
  UnauthorizedError,
  UndecidedError,
} from "../../../access/access_error.ts";
import type { JwtSettings } from "../../../access/jwt/jwt.ts";
import type { JwtKey } from "../../../access/jwt/jwt_key.ts";
import { JwtSource } from "../../../access/jwt/jwt_source.ts";
import { readKeys } from "../../../access/jwt/read_keys.ts";
import { rightsOf } from "../grants.ts";
import {
  assemble,
  base64url,
  claims,
  keyOf,
  pemOf,
  randomSecret,
  sign,
  signer,
} from "./jwts.ts";

const ES256 = await signer("ES256");
const OTHER = await signer("ES256");
const RS256 = await signer("RS256");
const SECRET = randomSecret();
const [SECRET_KEY] = readKeys(SECRET);

/** A source that knows some keys, and counts how often it asks for more. */
function source(
  keys: readonly JwtKey[],
  settings: Partial<JwtSettings> = {},
  refresh: (source: JwtSource) => boolean = () => true,
) {
  let refreshes = 0;
  const jwts: JwtSource = new JwtSource({
    settings: {
      ...{ issuers: [], audiences: [], claim: "chime" },
      ...{ maxAgeMs: 30 * 86_400_000, ...settings },
    },
    keys,
    refresh() {
      refreshes++;
      return Promise.resolve(refresh(jwts));
    },
  });
  const identify = (text: string) => jwts.identify({ kind: "bearer", text });
  return {
    jwts,
    identify,
    get refreshes() {
      return refreshes;
    },
    /** The message of the refusal. */
    async refusalOf(text: string) {
      const error = await assertRejects(
        () => identify(text),
        UnauthorizedError,
        "Cannot ",
      );
      assertEquals(error.isWrong, true);
      // Nothing of the JWT itself.
      const piece = text.slice(10, 30);
      assert(piece === "" || !error.message.includes(piece), error.message);
      return error.message;
    },
  };
}

for (
  const alg of [
    "RS256",
    "RS512",
    "PS256",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
  ]
) {
  Deno.test(`JwtSource takes a JWT that was signed with ${alg}, and none that was changed since`, async () => {
    const one = await signer(alg);
    const { identify, refusalOf } = source([keyOf(one)]);
    const payload = claims({ sub: "42", chime: { subscribe: ["user.42"] } });
    const jwt = await sign(one, payload);
    assertEquals(
      (await identify(jwt)).rights,
      rightsOf({
        subject: "42",
        subscribe: ["user.42"],
        expires: payload.exp * 1_000,
        issuedAt: payload.iat * 1_000,
      }),
    );
    const [header, , signature] = jwt.split(".");
    const changed = base64url(JSON.stringify({ ...payload, sub: "43" }));
    await refusalOf(`${header}.${changed}.${signature}`);
    await refusalOf(
      jwt.slice(0, -4) + (jwt.endsWith("AAAA") ? "BBBB" : "AAAA"),
    );
    await refusalOf(`${header}.${changed}.`);
  });
}

Deno.test("JwtSource takes HS256 with the secret alone", async () => {
  const { identify, refusalOf } = source([SECRET_KEY!]);
  assert(await identify(await sign(SECRET)));
  await refusalOf(await sign(randomSecret()));
  await refusalOf(await sign(new Uint8Array([0, ...SECRET])));
});

Deno.test("JwtSource refuses what was signed with a public key as a secret, in any form of the key", async () => {
  const spki = new Uint8Array(
    await crypto.subtle.exportKey("spki", RS256.publicKey),
  );
  const pem = await pemOf(RS256);
  const forms = [
    pem,
    pem.trimEnd(),
    pem.replaceAll("\n", "\r\n"),
    spki,
    spki.toBase64(),
    JSON.stringify(RS256.publicJwk),
    base64url(spki),
    RS256.publicJwk.n!,
    Uint8Array.fromBase64(RS256.publicJwk.n!, { alphabet: "base64url" }),
  ];
  for (
    const keys of [readKeys(new TextEncoder().encode(pem)), [
      keyOf(RS256),
      SECRET_KEY!,
    ]]
  ) {
    const { refusalOf } = source(keys);
    for (const form of forms) {
      for (
        const [alg, hash] of [["HS256", "sha256"], ["HS384", "sha384"], [
          "HS512",
          "sha512",
        ]]
      ) {
        const unsigned = assemble({ alg, typ: "JWT" }, claims()).slice(0, -1);
        const signature = createHmac(hash!, form).update(unsigned)
          .digest("base64url");
        await refusalOf(`${unsigned}.${signature}`);
      }
    }
  }
});

Deno.test("JwtSource refuses none, in any case, with and without a signature, also while keys are missing", async () => {
  const keys = [keyOf(ES256), SECRET_KEY!];
  for (const isKnown of [true, false]) {
    const { refusalOf } = source(keys, {}, () => isKnown);
    for (
      const alg of [
        ...["none", "None", "NONE", "nOnE", "", "ES256K", "RSA1_5", "dir"],
        ...[undefined, null, 0, ["ES256"], ["none"], {}],
      ]
    ) {
      await refusalOf(assemble({ alg }, claims()));
      await refusalOf(assemble({ alg, kid: "a" }, claims(), "signature"));
    }
  }
});

Deno.test("JwtSource refuses an algorithm that the key is not for", async () => {
  const rs512 = { ...RS256, alg: "RS512" };
  const wide = await crypto.subtle.importKey(
    "jwk",
    RS256.privateJwk as JsonWebKey,
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" },
    false,
    ["sign"],
  );
  const jwt = await new SignJWT(claims()).setProtectedHeader({ alg: "RS512" })
    .sign(wide);
  await source([keyOf(RS256)]).refusalOf(jwt);
  assert(await source([keyOf(rs512)]).identify(jwt));
  // A key of P-256 with the name of the algorithm of another curve, and the other way around.
  const p384 = await signer("ES384");
  const { refusalOf } = source([keyOf(ES256), keyOf(p384)]);
  for (
    const [one, alg] of [[ES256, "ES384"], [p384, "ES256"], [
      ES256,
      "RS256",
    ]] as const
  ) {
    const [header, payload] = assemble({ alg }, claims()).split(".");
    const hash = alg.endsWith("384") ? "SHA-384" : "SHA-256";
    const signature = await crypto.subtle.sign(
      { name: "ECDSA", hash },
      one.privateKey,
      new TextEncoder().encode(`${header}.${payload}`),
    );
    await refusalOf(
      `${header}.${payload}.${base64url(new Uint8Array(signature))}`,
    );
  }
});

Deno.test("JwtSource does not heed the keys that a JWT brings or points to", async () => {
  const fetched = stub(
    globalThis,
    "fetch",
    () => Promise.reject(new Error("a fetch")),
  );
  try {
    const { refusalOf } = source([keyOf(ES256, { kid: "right" })]);
    for (
      const header of [
        { jwk: OTHER.publicJwk },
        { jku: "http://127.0.0.1:1/keys" },
        { x5u: "http://127.0.0.1:1/cert" },
        { x5c: [base64url("a")] },
        { jwk: OTHER.publicJwk, kid: "right" },
        { jku: "http://127.0.0.1:1/keys", kid: "unknown" },
        { kid: "../../../dev/null" },
        { kid: "' or 1=1" },
        { kid: "__proto__" },
      ]
    ) await refusalOf(await sign(OTHER, claims(), header));
    assertEquals(fetched.calls.length, 0);
  } finally {
    fetched.restore();
  }
});

Deno.test("JwtSource refuses a JWT with an extension that must be understood, and one whose payload is not encoded", async () => {
  const { refusalOf } = source([SECRET_KEY!]);
  for (
    const header of [{ crit: ["exp"], exp: 1 }, { crit: ["a"], a: 1 }, {
      crit: [],
    }, { crit: ["b64"], b64: false }]
  ) {
    const unsigned = assemble({ alg: "HS256", ...header }, claims()).slice(
      0,
      -1,
    );
    const signature = createHmac("sha256", SECRET).update(unsigned)
      .digest("base64url");
    await refusalOf(`${unsigned}.${signature}`);
  }
});

/** Claims, relative to now in seconds, and whether a JWT with them is taken. */
const TIMES: [
  iat: number,
  exp: number,
  nbf: number | undefined,
  isTaken: boolean,
][] = [
  [-10, 600, undefined, true],
  [-600, -28, undefined, true],
  [-600, -30, undefined, false],
  [-600, -3_600, undefined, false],
  [-10, 600, 29, true],
  [-10, 600, 31, false],
  [-10, 600, -5, true],
  [30, 600, undefined, true],
  [31, 600, undefined, false],
  [0, 30 * 86_400, undefined, true],
  [0, 30 * 86_400 + 1, undefined, false],
];

for (const [iat, exp, nbf, isTaken] of TIMES) {
  Deno.test(`JwtSource ${isTaken ? "takes" : "refuses"} a JWT with iat ${iat} s, exp ${exp} s and nbf ${nbf} s from now`, async () => {
    using time = new FakeTime("2026-11-22T05:30:20Z");
    const now = time.now / 1_000;
    const { identify, refusalOf } = source([SECRET_KEY!]);
    const jwt = await sign(SECRET, {
      ...{ iat: now + iat, exp: now + exp },
      ...nbf !== undefined && { nbf: now + nbf },
    });
    if (isTaken) assert(await identify(jwt));
    else await refusalOf(jwt);
  });
}

for (
  const [what, others, rules] of [
    ["without exp", { exp: undefined }, {}],
    ["without iat", { iat: undefined }, {}],
    ["with an exp that is text", { exp: "9999999999" }, {}],
    ["with an iat that is text", { iat: "1" }, {}],
    ["with an nbf that is text", { nbf: "1" }, {}],
    ["with an nbf that is null", { nbf: null }, {}],
    ["for somebody else, where no audience is set", { aud: "b" }, {}],
    ["for nobody, where no audience is set", { aud: [] }, {}],
    ["for somebody else", { aud: "b" }, { audiences: ["a"] }],
    ["for others", { aud: ["b", "c"] }, { audiences: ["a"] }],
    ["for nobody", { aud: [] }, { audiences: ["a"] }],
    ["for an audience in another case", { aud: "A" }, { audiences: ["a"] }],
    ["without an audience", {}, { audiences: ["a"] }],
    ["from somebody else", { iss: "b" }, { issuers: ["a"] }],
    ["from a longer name", { iss: "a/" }, { issuers: ["a"] }],
    ["from several", { iss: ["a"] }, { issuers: ["a"] }],
    ["from nobody", {}, { issuers: ["a"] }],
    ["with a subject that is a number", { sub: 42 }, {}],
    ["with a wrong pattern", { chime: { publish: ["user*"] } }, {}],
    ["with rights that are text", { chime: "*" }, {}],
  ] as [string, Record<string, unknown>, Partial<JwtSettings>][]
) {
  Deno.test(`JwtSource refuses a JWT ${what}`, async () => {
    const { refusalOf } = source([SECRET_KEY!], rules);
    await refusalOf(await sign(SECRET, claims(others)));
  });
}

Deno.test("JwtSource takes a JWT that is from the issuer and for the audience, perhaps among others", async () => {
  const { identify } = source([SECRET_KEY!], {
    issuers: ["i"],
    audiences: ["a"],
  });
  for (const aud of ["a", ["a"], ["b", "a"]]) {
    assert(await identify(await sign(SECRET, claims({ iss: "i", aud }))));
  }
  // Without an issuer that is set, any is taken.
  const { identify: other } = source([SECRET_KEY!]);
  assert(await other(await sign(SECRET, claims({ iss: "x" }))));
});

Deno.test("JwtSource refuses what is no JWT, also while keys are missing", async () => {
  const { refusalOf } = source([SECRET_KEY!], {}, () => false);
  const jwt = await sign(SECRET);
  for (
    const text of [
      ...["", "a", "a.b", "a.b.c", "..", `${jwt}.a`, `${jwt}.a.b`],
      ...[` ${jwt}`, `${jwt} `, `${jwt}=`, `${jwt}\n`],
      ...["[]", "null", '"a"', "{}"].map((head) => `${base64url(head)}.b.c`),
    ]
  ) await refusalOf(text);
});

Deno.test("JwtSource asks for keys only where one with the name may have come", async () => {
  const a = keyOf(ES256, { kid: "a" });
  const b = keyOf(OTHER, { kid: "b" });
  const all = source([a, SECRET_KEY!], {}, (jwts) => {
    jwts.replace([a, b]);
    return true;
  });
  const { identify, refusalOf } = all;
  // The key with the name did not sign it.
  await refusalOf(await sign(OTHER, claims(), { kid: "a" }));
  await refusalOf(await sign(ES256, { iat: 1, exp: 2 }, { kid: "a" }));
  // A secret is at no URL.
  await refusalOf(await sign(randomSecret(), claims(), { kid: "b" }));
  await identify(await sign(ES256, claims(), { kid: "a" }));
  await identify(await sign(ES256));
  assertEquals(all.refreshes, 0);
  await identify(await sign(OTHER, claims(), { kid: "b" }));
  assertEquals(all.refreshes, 1);
});

Deno.test("JwtSource refuses for now alone what a key may verify that could not be read yet, and nothing else", async () => {
  const { jwts, identify, refusalOf } = source([SECRET_KEY!], {}, () => false);
  for (const header of [{}, { kid: "a" }]) {
    const text = await sign(ES256, claims(), header);
    await assertRejects(
      () => jwts.identify({ kind: "bearer", text }),
      UndecidedError,
    );
  }
  await identify(await sign(SECRET));
  await refusalOf(await sign(randomSecret()));
  await refusalOf(await sign(SECRET, { iat: 1, exp: 2 }));
});

Deno.test("JwtSource remembers a JWT until it expires, and no longer", async () => {
  using time = new FakeTime("2026-11-22T05:30:20Z");
  const now = time.now / 1_000;
  const verify = stub(
    crypto.subtle,
    "verify",
    crypto.subtle.verify.bind(crypto.subtle),
  );
  try {
    const { identify, refusalOf } = source([keyOf(ES256)]);
    const jwt = await sign(ES256, { iat: now, exp: now + 10 });
    const first = await identify(jwt);
    assertEquals(verify.calls.length, 1);
    time.tick(9_999);
    assertEquals(await identify(jwt), first);
    assertEquals(verify.calls.length, 1);
    time.tick(1);
    const again = await identify(jwt);
    assertEquals(verify.calls.length, 2);
    assertEquals(again.rights.expires, (now + 40) * 1_000);
    time.tick(29_999);
    assertEquals(await identify(jwt), again);
    time.tick(1);
    await refusalOf(jwt);
  } finally {
    verify.restore();
  }
});

Deno.test("JwtSource remembers the 4,096 JWTs that were verified last", async () => {
  const verify = stub(
    crypto.subtle,
    "verify",
    crypto.subtle.verify.bind(crypto.subtle),
  );
  try {
    const { identify } = source([SECRET_KEY!]);
    const jwts = await Promise.all(
      Array.from({ length: 4_097 }, (_, i) => sign(SECRET, claims({ i }))),
    );
    for (const jwt of jwts.slice(0, 4_096)) await identify(jwt);
    await identify(jwts[0]!);
    assertEquals(verify.calls.length, 4_096);
    await identify(jwts[4_096]!);
    await identify(jwts[1]!);
    assertEquals(verify.calls.length, 4_097);
    await identify(jwts[0]!);
    assertEquals(verify.calls.length, 4_098);
  } finally {
    verify.restore();
  }
});

Deno.test("JwtSource remembers no JWT that is wrong", async () => {
  using time = new FakeTime("2026-11-22T05:30:20Z");
  const now = time.now / 1_000;
  const { identify, refusalOf } = source([SECRET_KEY!]);
  const early = await sign(SECRET, { iat: now, exp: now + 600, nbf: now + 60 });
  await refusalOf(early);
  time.tick(60_000);
  assert(await identify(early));
});

Deno.test("JwtSource refuses a JWT whose key is removed while it is verified, then and later", async () => {
  const { jwts, refusalOf } = source([keyOf(ES256)]);
  const jwt = await sign(ES256);
  // The first one loads the library.
  await refusalOf(await sign(OTHER));
  const verify = crypto.subtle.verify.bind(crypto.subtle);
  const stubbed = stub(crypto.subtle, "verify", async (...args: unknown[]) => {
    const isRight = await verify(...args as Parameters<typeof verify>);
    jwts.replace([]);
    return isRight;
  });
  try {
    await refusalOf(jwt);
    assertEquals(stubbed.calls.length, 1);
  } finally {
    stubbed.restore();
  }
  await refusalOf(jwt);
});
