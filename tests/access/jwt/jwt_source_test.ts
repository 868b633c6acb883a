import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import {
  UnauthorizedError,
  UndecidedError,
} from "../../../access/access_error.ts";
import type { JwtSettings } from "../../../access/jwt/jwt.ts";
import type { JwtKey } from "../../../access/jwt/jwt_key.ts";
import { JwtSource } from "../../../access/jwt/jwt_source.ts";
import { readKeys } from "../../../access/jwt/read_keys.ts";

const SECRET = new TextEncoder().encode("secret".repeat(6));
const RSA = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const EC = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ED = generateKeyPairSync("ed25519");

const SETTINGS: JwtSettings = {
  issuers: [],
  audiences: [],
  claim: "chime",
  maxAgeMs: 30 * 86_400_000,
};

function keysOf(key: KeyObject | Uint8Array): JwtKey[] {
  return readKeys(
    key instanceof Uint8Array ? key : new TextEncoder().encode(
      `${key.export({ type: "spki", format: "pem" })}`,
    ),
  );
}

function sourceOf(
  settings: Partial<JwtSettings> = {},
  keys: readonly JwtKey[] = keysOf(SECRET),
  refresh = () => Promise.resolve(true),
): JwtSource {
  return new JwtSource({
    settings: { ...SETTINGS, ...settings },
    keys,
    refresh,
  });
}

const now = () => Math.floor(Date.now() / 1_000);

function claims(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sub: "42",
    iat: now(),
    exp: now() + 60,
    chime: { subscribe: ["user.42"], publish: ["news.*"] },
    ...change,
  };
}

function sign(
  payload: Record<string, unknown> = claims(),
  key: KeyObject | Uint8Array = SECRET,
  header: { alg: string; [name: string]: unknown } = { alg: "HS256" },
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader(header).sign(key);
}

function identify(source: JwtSource, text: string) {
  return source.identify({ kind: "bearer", text });
}

async function refusal(source: JwtSource, text: string): Promise<string> {
  const error = await assertRejects(
    () => identify(source, text),
    UnauthorizedError,
  );
  assertEquals(error.isWrong, true);
  assert(text.length < 20 || !error.message.includes(text), error.message);
  return error.message.replace(/^Cannot take the token in the .*?: /, "");
}

Deno.test("JwtSource gives the rights of the claim, to whom it names, until it expires", async () => {
  const iat = now();
  const { rights } = await identify(sourceOf(), await sign(claims({ iat })));
  assertEquals(rights as unknown, {
    subject: "42",
    subscribe: ["user.42"],
    publish: ["news.*"],
    stop: [],
    admin: false,
    expires: (iat + 60) * 1_000,
    issuedAt: iat * 1_000,
  });
  const other = await identify(
    sourceOf({ claim: "https://x.example/chime" }),
    await sign(claims({
      sub: undefined,
      "https://x.example/chime": { stop: ["*"], admin: true, other: 1 },
    })),
  );
  assertEquals([other.rights.subscribe, other.rights.stop], [[], ["*"]]);
  assertEquals([other.rights.subject, other.rights.admin], [undefined, false]);
  const none = await identify(
    sourceOf(),
    await sign(claims({ chime: undefined })),
  );
  assertEquals(none.rights.subscribe, []);
});

Deno.test("JwtSource verifies with each kind of key", async () => {
  for (
    const [alg, { publicKey, privateKey }] of [
      ["RS256", RSA],
      ["ES256", EC],
      ["EdDSA", ED],
    ] as const
  ) {
    const source = sourceOf({}, [
      ...keysOf(SECRET),
      ...[RSA, EC, ED].flatMap(({ publicKey }) => keysOf(publicKey)),
    ]);
    const text = await sign(claims(), privateKey, { alg });
    assertEquals((await identify(source, text)).rights.subject, "42");
    const alone = sourceOf({}, keysOf(publicKey));
    assertEquals((await identify(alone, text)).rights.subject, "42");
  }
});

Deno.test("JwtSource takes no key for what it is not", async () => {
  const pem = new TextEncoder().encode(
    `${RSA.publicKey.export({ type: "spki", format: "pem" })}`,
  );
  const source = sourceOf({}, keysOf(RSA.publicKey));
  const jwk = RSA.publicKey.export({ format: "jwk" });
  const evil = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const evilJwk = evil.publicKey.export({ format: "jwk" });
  for (
    const text of [
      // The public key as a secret.
      await sign(claims(), pem),
      await sign(claims(), pem, { alg: "HS256", kid: "x" }),
      new UnsecuredJWT(claims()).encode(),
      // Keys that it brings itself, or says where they are.
      await sign(claims(), evil.privateKey, { alg: "RS256", jwk: evilJwk }),
      await sign(claims(), evil.privateKey, {
        alg: "RS256",
        jku: "http://127.0.0.1:9/keys",
        x5u: "http://127.0.0.1:9/cert",
      }),
      // Algorithms of the same kind of key that it is not for.
      await sign(claims(), RSA.privateKey, { alg: "PS256" }),
      await sign(claims(), RSA.privateKey, { alg: "RS512" }),
      await sign(claims(), EC.privateKey, { alg: "ES256", jwk }),
    ]
  ) {
    assertEquals(await refusal(source, text), "no key here verifies it");
  }
});

Deno.test("JwtSource takes no JWT that was changed, and nothing that is none", async () => {
  const text = await sign();
  const [head, body, signature] = text.split(".");
  const other = btoa(JSON.stringify(claims({ sub: "1" })))
    .replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
  const source = sourceOf();
  for (
    const wrong of [
      `${head}.${other}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${text}.`,
      `${text}x`,
      ` ${text}`,
      "",
      ".",
      "..",
      "a.b.c",
    ]
  ) {
    await refusal(source, wrong);
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
      await refusal(source, text);
    }),
    { numRuns: 200 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: text.length - 1 }),
      fc.constantFrom(..."AzZ09-_.="),
      async (at, letter) => {
        // The last letter has bits that mean nothing.
        fc.pre(text[at] !== letter && at < text.length - 1);
        await refusal(source, text.slice(0, at) + letter + text.slice(at + 1));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("JwtSource refuses times, audiences and issuers that are not right, each with its reason", async () => {
  const at = now();
  const audience = { audiences: ["chime", "c2"] };
  const issuer = { issuers: ["https://a.example", "b"] };
  for (
    const [change, reason, settings = {}] of [
      [{ exp: undefined }, "it must have exp"],
      [{ iat: undefined }, "it must have iat"],
      [{ exp: at - 31, iat: at - 90 }, "it has expired"],
      [{ exp: "soon" }, "its exp is not taken here"],
      [{ nbf: at + 40 }, "its nbf is not taken here"],
      [{ nbf: "x" }, "its nbf is not taken here"],
      [{ iat: at + 40, exp: at + 60 }, "its iat must not lie ahead"],
      [
        { iat: at - 10, exp: at + 51 },
        "it lives too long: --jwt-max-age is less",
        {
          maxAgeMs: 60_000,
        },
      ],
      [{ aud: "chime" }, "it is for somebody else: its aud is not known here"],
      [
        { aud: ["chime"] },
        "it is for somebody else: its aud is not known here",
      ],
      [{ aud: "" }, "it is for somebody else: its aud is not known here"],
      [{ aud: "other" }, "its aud is not taken here", audience],
      [{}, "it must have aud", audience],
      [{ iss: "c" }, "its iss is not taken here", issuer],
      [{}, "it must have iss", issuer],
      [{ chime: [] }, "Cannot use the claim chime: it must be a JSON object"],
      [
        { chime: { subscribe: "x" } },
        "Cannot use subscribe: it must be a list of patterns",
      ],
      [{ chime: { publish: ["a*"] } }, undefined],
      [{ sub: "" }, undefined],
      [{ sub: 42 }, undefined],
    ] as [Record<string, unknown>, string | undefined, Partial<JwtSettings>?][]
  ) {
    const text = await sign(claims(change));
    const told = await refusal(sourceOf(settings), text);
    if (reason !== undefined) assertEquals(told, reason);
  }
  for (
    const [change, settings] of [
      [{ exp: at - 20, iat: at - 90 }, {}],
      [{ nbf: at + 20 }, {}],
      [{ iat: at + 20, exp: at + 60 }, {}],
      [{ aud: ["x", "c2"] }, audience],
      [{ iss: "b" }, issuer],
      [{ iat: at - 10, exp: at + 50 }, { maxAgeMs: 60_000 }],
    ] as const
  ) {
    await identify(sourceOf(settings), await sign(claims(change)));
  }
});

Deno.test("JwtSource forgets a JWT that has expired, and takes it until then", async () => {
  using time = new FakeTime(Date.now());
  const source = sourceOf();
  const text = await sign();
  const first = await identify(source, text);
  assertEquals(await identify(source, text), first);
  time.tick(59_000);
  assertEquals(await identify(source, text), first);
  // Another clock may be slow: it may still be used, until the end of the leeway.
  time.tick(30_000);
  const late = await identify(source, text);
  assertEquals(late.rights.expires! - first.rights.expires!, 30_000);
  time.tick(2_000);
  assertEquals(await refusal(source, text), "it has expired");
});

Deno.test("JwtSource asks for keys where one is unknown, and uses those that came", async () => {
  let asked = 0;
  let isKnown = true;
  let next: JwtKey[] = [];
  const source: JwtSource = sourceOf({}, [], () => {
    asked++;
    if (next.length > 0) source.replace(next);
    return Promise.resolve(isKnown);
  });
  const text = await sign(claims(), EC.privateKey, { alg: "ES256" });
  assertEquals(await refusal(source, text), "no key here verifies it");
  isKnown = false;
  await assertRejects(() => identify(source, text), UndecidedError);
  next = keysOf(EC.publicKey);
  assertEquals((await identify(source, text)).rights.subject, "42");
  assertEquals(asked, 3);
  await identify(source, text);
  assertEquals(asked, 3);
  // What was verified with a key that is gone is not remembered.
  source.replace([]);
  next = [];
  isKnown = true;
  await refusal(source, text);
});

Deno.test("JwtSource tries the keys that may have made it, by their names", async () => {
  const named = (kid: string, secret: string): JwtKey => ({
    ...keysOf(new TextEncoder().encode(secret.repeat(40)))[0]!,
    kid,
  });
  const source = sourceOf({}, [
    named("a", "a"),
    named("b", "b"),
    ...keysOf(SECRET),
  ]);
  const secret = (text: string) => new TextEncoder().encode(text.repeat(40));
  const kid = (kid?: string) => ({ alg: "HS256", ...kid && { kid } });
  for (
    const [key, name] of [["a", "a"], ["b", "b"], ["b", undefined]] as const
  ) {
    await identify(source, await sign(claims(), secret(key), kid(name)));
  }
  await identify(source, await sign(claims(), SECRET, kid("c")));
  await refusal(source, await sign(claims(), secret("a"), kid("b")));
});
