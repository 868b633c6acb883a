import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readTokens } from "../../access/read_tokens.ts";
import { TokenSource } from "../../access/token_source.ts";
import { wholeToken } from "../../access/token.ts";
import { grantOf, rightsOf } from "./grants.ts";

function credential(text: string) {
  return { kind: "bearer", text } as const;
}

function source(...entries: [token: string, subscribe: string[]][]) {
  return new TokenSource(tokensOf(...entries));
}

function tokensOf(...entries: [token: string, subscribe: string[]][]) {
  return readTokens(JSON.stringify(
    entries.map(([token, subscribe], i) => ({
      name: `${i}`,
      token,
      subscribe,
    })),
  ));
}

Deno.test("TokenSource knows its tokens, and no other text", () => {
  const tokens = source(["one-token", ["a"]], ["two-token", ["b"]]);
  assertEquals(
    tokens.identify(credential("one-token"))?.rights,
    rightsOf({ subscribe: ["a"] }),
  );
  assertEquals(
    tokens.identify(credential("two-token"))?.rights,
    rightsOf({ subscribe: ["b"] }),
  );
  const near = fc.oneof(
    fc.constantFrom(
      " one-token",
      "one-token ",
      "one-token\n",
      "\ufeffone-token",
    ),
    fc.string(),
    fc.nat(8).map((end) => "one-token".slice(0, end)),
    fc.string({ minLength: 1 }).map((text) => `one-token${text}`),
    fc.string({ minLength: 1 }).map((text) => `${text}one-token`),
    fc.mixedCase(fc.constant("one-token")),
  ).filter((text) => text !== "one-token" && text !== "two-token");
  fc.assert(fc.property(near, (text) => {
    assertEquals(tokens.identify(credential(text)), undefined);
  }));
});

Deno.test("TokenSource takes the hash of a token for no token", () => {
  const [token] = tokensOf(["one-token", ["*"]]);
  const tokens = new TokenSource([token!]);
  assertEquals(tokens.identify(credential(token!.id)), undefined);
});

Deno.test("TokenSource knows the tokens that were set last", () => {
  const tokens = source(["one-token", ["a"]]);
  tokens.replace(tokensOf(["two-token", ["b"]]));
  assertEquals(tokens.identify(credential("one-token")), undefined);
  assertEquals(
    tokens.identify(credential("two-token"))?.rights,
    rightsOf({ subscribe: ["b"] }),
  );
});

Deno.test("TokenSource.current follows a token's rights, and is nothing for one that was removed", () => {
  const tokens = source(["one-token", ["a"]], ["two-token", ["b"]]);
  const one = tokens.identify(credential("one-token"))!;
  const two = tokens.identify(credential("two-token"))!;
  assertEquals(tokens.current(one), one);
  tokens.replace(tokensOf(["two-token", ["c"]]));
  assertEquals(tokens.current(one), undefined);
  assertEquals(tokens.current(two)?.rights, rightsOf({ subscribe: ["c"] }));
});

Deno.test("TokenSource.current leaves a ticket its own rights while its token is there, and others alone", () => {
  const tokens = source(["one-token", ["a"]]);
  const { token } = tokens.identify(credential("one-token"))!;
  const ticket = grantOf({ subscribe: ["a"] }, { token: token! });
  const other = grantOf({ subscribe: ["a"] });
  tokens.replace(tokensOf(["one-token", ["a", "b"]]));
  assertEquals(tokens.current(ticket), ticket);
  assertEquals(tokens.current(other), other);
  tokens.replace([]);
  assertEquals(tokens.current(ticket), undefined);
  assertEquals(tokens.current(other), other);
});

Deno.test("wholeToken has every right", () => {
  assertEquals(
    wholeToken("t").rights,
    rightsOf({ subscribe: ["*"], publish: ["*"], stop: ["*"], admin: true }),
  );
});
