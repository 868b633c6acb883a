import { assert, assertEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { readTokens } from "../../access/read_tokens.ts";
import { InputError } from "../../events/input_error.ts";
import { name as channel } from "../events/arbitrary_names.ts";
import { rightsOf } from "./grants.ts";

/** The hash of a token, made in another way than the code makes it. */
function idOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

const patterns = fc.array(
  fc.oneof(
    fc.constant("*"),
    channel,
    channel.filter((text) => text.length < 250).map((text) => `${text}.*`),
    channel.filter((text) => text.length < 250).map((text) => `${text}/*`),
  ),
  { maxLength: 3 },
);

const tokenText = fc.tuple(
  fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,40}$/),
  fc.constantFrom("", "=", "=="),
).map(([text, end]) => text + end);

const printable = (maxLength: number) =>
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((text) => text.length <= maxLength && !/\p{Cc}/u.test(text));

/** A right entry; each member beside `name` and `token` may be absent. */
const entry = fc.record({
  name: printable(99),
  token: tokenText,
  subscribe: patterns,
  publish: patterns,
  stop: patterns,
  admin: fc.boolean(),
  subject: printable(256),
}, { requiredKeys: ["name", "token"] });

const entries = fc.uniqueArray(entry, {
  selector: ({ name }) => name,
  maxLength: 5,
}).filter((list) =>
  new Set(list.map(({ token }) => token)).size === list.length
);

const ENTRY = { name: "ci", token: "s3cret.token-1" };

/** The message of the refusal of one entry. */
function refusalOf(value: unknown): string {
  const text = JSON.stringify([value]);
  return assertThrows(() => readTokens(text), InputError).message;
}

Deno.test("readTokens reads each entry with exactly its rights, in their order", () => {
  fc.assert(fc.property(entries, (list) => {
    assertEquals(
      readTokens(JSON.stringify(list)),
      list.map(({ name, token, ...rights }) => ({
        id: idOf(token),
        name,
        rights: rightsOf(rights),
      })),
    );
  }));
});

Deno.test("readTokens ignores other members, whatever they hold", () => {
  const others = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(fc.property(entries, others, (list, others) => {
    for (const name of Object.keys(others)) {
      if (name in { name: 0, token: 0, subscribe: 0, publish: 0 }) return;
      if (name in { stop: 0, admin: 0, subject: 0 }) return;
    }
    assertEquals(
      readTokens(JSON.stringify(list.map((one) => ({ ...others, ...one })))),
      readTokens(JSON.stringify(list)),
    );
  }));
  // As own members, which a literal could not make.
  assertEquals(
    readTokens(
      '[{"name":"a","token":"b","__proto__":{"admin":true,"publish":["*"]},"constructor":1}]',
    )[0]!.rights,
    rightsOf({}),
  );
});

Deno.test("readTokens keeps no token's text", () => {
  fc.assert(
    fc.property(tokenText.filter((text) => text.length > 6), (token) => {
      const [read] = readTokens(JSON.stringify([{ name: "a", token }]));
      assert(!JSON.stringify(read).includes(token));
    }),
  );
});

Deno.test("readTokens refuses any other text with an InputError, which shows nothing of it", () => {
  const secret = "s3cret";
  const json = fc.jsonValue().map((value) => JSON.stringify(value));
  const cut = entries.map((list) => JSON.stringify(list))
    .chain((text) => fc.nat(text.length).map((end) => text.slice(0, end)));
  fc.assert(
    fc.property(fc.oneof(fc.string(), json, cut), (text) => {
      try {
        const tokens = readTokens(text);
        assertEquals(tokens.length, JSON.parse(text).length);
      } catch (error) {
        assert(error instanceof InputError, `${error}`);
      }
    }),
    { numRuns: 500 },
  );
  for (
    const text of [
      ...[
        "",
        secret,
        `"${secret}"`,
        `{"${secret}":1}`,
        `[${secret}]`,
        "null",
        "1",
      ],
      ...[`[{"name":"a","token":"${secret}",}]`, `[{"token":"${secret}`, "{}"],
      ...[`[{"name":"a","token":"${secret}"}] x`, `\ufeff\ufeff[]`, "true"],
    ]
  ) {
    const { message } = assertThrows(() => readTokens(text), InputError);
    assertEquals(message.includes(secret), false, message);
  }
});

for (
  const [what, part, rule] of [
    ["no name", { name: undefined }, "name must be a text of 1 to 99"],
    ["an empty name", { name: "" }, "name must"],
    ["a name that is no text", { name: 5 }, "name must"],
    ["a name of 100 characters", { name: "x".repeat(100) }, "name must"],
    ["a name of two lines", { name: "a\nb" }, "name must"],
    ["a name with a lone surrogate", { name: "\ud800" }, "name must"],
    ["no token", { token: undefined }, "token must be made of"],
    ["an empty token", { token: "" }, "token must"],
    ["a token that is no text", { token: 12345678 }, "token must"],
    ["a token with a space", { token: "s3cret token" }, "token must"],
    ["a token with a newline at its end", { token: "s3cret\n" }, "token must"],
    [
      "a token with a newline at its start",
      { token: "\ns3cret" },
      "token must",
    ],
    ["a token with a comma", { token: "s3cret,b" }, "token must"],
    ["a token with = inside", { token: "s3c=ret" }, "token must"],
    ["a token of = alone", { token: "==" }, "token must"],
    ["a token with é", { token: "s3crét" }, "token must"],
    [
      "subscribe that is a text",
      { subscribe: "*" },
      "subscribe: it must be a list",
    ],
    [
      "subscribe that is null",
      { subscribe: null },
      "subscribe: it must be a list",
    ],
    [
      "subscribe that is an object",
      { subscribe: { 0: "*", length: 1 } },
      "subscribe: it must be a list",
    ],
    ["publish that is true", { publish: true }, "publish: it must be a list"],
    ["stop that is a number", { stop: 1 }, "stop: it must be a list"],
    [
      "a pattern that is no text",
      { publish: [["*"]] },
      "publish: each pattern must be a text",
    ],
    [
      "a null among patterns",
      { stop: ["a", null] },
      "stop: each pattern must be a text",
    ],
    ["a wrong pattern", { subscribe: ["news.*", "user*"] }, 'pattern "user*"'],
    ["a reserved name", { subscribe: ["status"] }, "reserved"],
    ["an empty pattern", { publish: [""] }, 'pattern ""'],
    ["admin that is a text", { admin: "true" }, "admin must be true or false"],
    ["admin that is 1", { admin: 1 }, "admin must be true or false"],
    ["admin that is null", { admin: null }, "admin must be true or false"],
    [
      "an empty subject",
      { subject: "" },
      "subject: it must be a text of 1 to 256",
    ],
    ["a subject that is a number", { subject: 42 }, "subject: it must"],
    ["a subject that is null", { subject: null }, "subject: it must"],
    [
      "a subject of 257 characters",
      { subject: "x".repeat(257) },
      "subject: it must",
    ],
    ["a subject with a NUL", { subject: "a\0" }, "subject: it must"],
    [
      "a subject with a lone surrogate",
      { subject: "a\udfff" },
      "subject: it must",
    ],
  ] as [string, Record<string, unknown>, string][]
) {
  Deno.test(`readTokens refuses an entry with ${what}, and says which rule it breaks`, () => {
    const message = refusalOf({ ...ENTRY, ...part });
    assert(message.startsWith("Cannot read entry 1 of the tokens: "), message);
    assert(message.includes(rule), message);
    assert(!message.includes("s3c"), message);
  });
}

Deno.test("readTokens refuses an entry that is no object, and names it", () => {
  for (const value of [null, [], "s3cret", 5, true]) {
    const message = assertThrows(
      () => readTokens(JSON.stringify([ENTRY, value])),
      InputError,
    ).message;
    assertEquals(
      message,
      "Cannot read entry 2 of the tokens: Cannot use the entry: it must be a JSON object",
    );
  }
});

Deno.test("readTokens takes what is at the limits", () => {
  const [token] = readTokens(JSON.stringify([{
    name: "x".repeat(99),
    token: "a",
    subject: "x".repeat(256),
    subscribe: ["x".repeat(256)],
  }]));
  assertEquals(token!.name.length, 99);
  assertEquals(readTokens("[]"), []);
  assertEquals(readTokens(" \n[ ]\n"), []);
});

Deno.test("readTokens refuses a name or a token that is there twice", () => {
  const list = (...parts: object[]) => () =>
    readTokens(JSON.stringify(parts.map((part) => ({ ...ENTRY, ...part }))));
  assertThrows(
    list({}, { token: "b", name: "other" }, { token: "c" }),
    InputError,
    "Cannot read entry 3 of the tokens: its name must be of one token only",
  );
  const { message } = assertThrows(
    list({}, { name: "other" }),
    InputError,
    "Cannot read entry 2 of the tokens: its token must not be there twice",
  );
  assert(!message.includes("s3cret"));
});
