import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bearer } from "../../access/bearer.ts";
import { askingWith } from "./grants.ts";

function read(authorization: string) {
  return bearer(askingWith({ authorization }))?.text;
}

Deno.test("bearer finds the text after the scheme, in any case, whole", () => {
  const text = fc.stringMatching(/^[!-~](?:[ -~]*[!-~])?$/);
  const scheme = fc.mixedCase(fc.constant("bearer"));
  const spaces = fc.constantFrom(" ", "  ", "   ");
  fc.assert(fc.property(text, scheme, spaces, (text, scheme, spaces) => {
    assertEquals(read(`${scheme}${spaces}${text}`), text);
  }));
  assertEquals(bearer(askingWith({ authorization: "Bearer a=b==" })), {
    kind: "bearer",
    text: "a=b==",
  });
});

Deno.test("bearer finds an empty text where nothing follows the scheme: that is a wrong credential", () => {
  assertEquals(read("Bearer"), "");
  assertEquals(read("bearer "), "");
});

for (
  const authorization of [
    ...["", "Basic dTpw", "Bearerx", "Bearer-x y", "xBearer y", "Bear er x"],
    ...["Digest Bearer x", '"Bearer" x', "Bearer=x", "Bearer,x", "token"],
    ...[
      "Bearer= x",
      "Bearer- x",
      "Bearer, x",
      "Bearer\tx",
      "Basic x, Bearer y",
    ],
  ]
) {
  Deno.test(`bearer finds no credential in ${JSON.stringify(authorization)}`, () => {
    assertEquals(bearer(askingWith({ authorization })), undefined);
  });
}

Deno.test("bearer finds none where the header is absent, nor in the query or a cookie", () => {
  const asking = askingWith(
    { cookie: "authorization=Bearer x", "x-authorization": "Bearer x" },
    "authorization=Bearer%20x&access_token=x&token=x",
  );
  assertEquals(bearer(asking), undefined);
});
