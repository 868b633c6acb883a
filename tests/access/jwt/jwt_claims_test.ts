import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { UnauthorizedError } from "../../../access/access_error.ts";
import { JwtSource } from "../../../access/jwt/jwt_source.ts";
import { readKeys } from "../../../access/jwt/read_keys.ts";
import { nameAndPatterns } from "../../events/arbitrary_patterns.ts";
import { rightsOf } from "../grants.ts";
import { randomSecret, sign } from "./jwts.ts";

const SECRET = randomSecret();
const TIME = "2026-11-22T05:30:20Z";
const NOW = Date.parse(TIME) / 1_000;
const MAX_AGE_S = 86_400;
const TIMES = { iat: NOW - 10, exp: NOW + 600 };

/** Identifies who sends a JWT with a payload, signed as it must be. */
async function identify(
  payload: Record<string, unknown>,
  claim = "chime",
) {
  const source = new JwtSource({
    settings: {
      issuers: [],
      audiences: [],
      claim,
      maxAgeMs: MAX_AGE_S * 1_000,
    },
    keys: readKeys(SECRET),
    refresh: () => Promise.resolve(true),
  });
  return await source.identify({
    kind: "bearer",
    text: await sign(SECRET, payload),
  });
}

function refuses(payload: Record<string, unknown>) {
  return assertRejects(() => identify(payload), UnauthorizedError);
}

const patterns = nameAndPatterns.map(([, patterns]) => patterns);

const subject = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => !/\p{Cc}/u.test(text));

Deno.test("A JWT gives exactly the rights of its claim, to its subject, at its times", async () => {
  using _ = new FakeTime(TIME);
  const rights = fc.record({
    subscribe: patterns,
    publish: patterns,
    stop: patterns,
    admin: fc.constant(true),
    other: fc.jsonValue(),
  }, { requiredKeys: [] });
  await fc.assert(fc.asyncProperty(
    fc.constantFrom("chime", "https://a.example/rights", "toString"),
    fc.option(rights, { nil: undefined }),
    fc.option(subject, { nil: undefined }),
    fc.integer({ min: -MAX_AGE_S + 400, max: 30 }),
    fc.integer({ min: -29, max: 400 }),
    async (name, rights, sub, iat, exp) => {
      const payload = {
        ...{ iat: NOW + iat, exp: NOW + exp },
        ...sub !== undefined && { sub },
        ...rights && { [name]: rights },
        another: { subscribe: ["*"] },
      };
      const { admin: _, other: __, ...given } = rights ?? {};
      assertEquals(
        (await identify(payload, name)).rights,
        rightsOf({
          ...given,
          ...sub !== undefined && { subject: sub },
          expires: (NOW + (exp > 0 ? exp : exp + 30)) * 1_000,
          issuedAt: (NOW + iat) * 1_000,
        }),
      );
    },
  ));
});

Deno.test("A JWT is refused where a time is no number", async () => {
  using _ = new FakeTime(TIME);
  await fc.assert(fc.asyncProperty(
    fc.constantFrom("iat", "exp", "nbf"),
    fc.jsonValue().filter((value) => typeof value !== "number"),
    async (name, value) => {
      await refuses({ ...TIMES, [name]: value });
    },
  ));
});

Deno.test("A JWT is refused outside its times", async () => {
  using _ = new FakeTime(TIME);
  await fc.assert(fc.asyncProperty(
    fc.integer({ min: -1e7, max: 1e7 }),
    fc.integer({ min: -1e7, max: 1e7 }),
    fc.option(fc.integer({ min: -100, max: 100 }), { nil: undefined }),
    async (iat, exp, nbf) => {
      const payload = {
        ...{ iat: NOW + iat, exp: NOW + exp },
        ...nbf !== undefined && { nbf: NOW + nbf },
      };
      const isRight = exp > -30 && iat <= 30 && (nbf ?? 0) <= 30 &&
        exp - iat <= MAX_AGE_S;
      if (isRight) await identify(payload);
      else await refuses(payload);
    },
  ));
});

Deno.test("A JWT is refused where its subject or its rights are not right", async () => {
  using _ = new FakeTime(TIME);
  const wrong = fc.oneof(
    fc.jsonValue().filter((value) => typeof value !== "string")
      .map((sub) => ({ sub })),
    fc.constantFrom("", "a".repeat(257), "a\nb", "\ud800").map((sub) => ({
      sub,
    })),
    fc.jsonValue().filter((value) =>
      typeof value !== "object" || value === null || Array.isArray(value)
    ).map((chime) => ({ chime })),
    fc.tuple(
      fc.constantFrom("subscribe", "publish", "stop"),
      fc.oneof(
        fc.jsonValue().filter((value) => !Array.isArray(value)),
        fc.constantFrom([1], [null], ["user*"], ["**"], [""], [["*"]], [
          "a",
          1,
        ]),
      ),
    ).map(([name, value]) => ({ chime: { [name]: value } })),
  );
  await fc.assert(fc.asyncProperty(wrong, async (claims) => {
    await refuses({ ...TIMES, ...claims });
  }));
});

Deno.test("A JWT with an aud is refused where no audience is set, whatever it is", async () => {
  using _ = new FakeTime(TIME);
  await fc.assert(fc.asyncProperty(fc.jsonValue(), async (aud) => {
    await refuses({ ...TIMES, aud });
  }));
});
