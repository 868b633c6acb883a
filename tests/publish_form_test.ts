import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { publish } from "../islands/publish.ts";
import { tokenIn } from "../islands/token.ts";
import { type InProcess, inProcess, TOKEN } from "./in_process.ts";

const DRAFT = { channel: "news", type: "", data: "Hello", token: TOKEN };

/** Has `fetch()` ask that Chime, and keeps the requests' URLs. */
function asking(chime: InProcess) {
  const urls: string[] = [];
  const fetched = stub(
    globalThis,
    "fetch",
    ((url: string, init: RequestInit) => {
      urls.push(url);
      return chime.request(url, init);
    }) as typeof fetch,
  );
  return { urls, [Symbol.dispose]: () => fetched.restore() };
}

Deno.test("publish() says which id the event has and how many it went to", async () => {
  await using chime = inProcess();
  using asked = asking(chime);
  const { text, fault } = await publish({ ...DRAFT, type: "a&b=ü" });
  assertEquals(text.replace(/\d+-\d+/, "ID"), "Published as ID to 0 clients");
  assertEquals(fault, undefined);
  assertEquals(asked.urls, ["/sse/news?event=a%26b%3D%C3%BC"]);
});

Deno.test("publish() says in the server's words what is wrong", async () => {
  await using chime = inProcess();
  using _ = asking(chime);
  for (
    const [draft, text, fault] of [
      [
        { token: "wrong" },
        "Cannot publish: the Authorization header does not carry the right token",
        "token",
      ],
      [
        { token: "" },
        "Cannot publish without a token: send it as Authorization: Bearer <token>",
        "token",
      ],
      [
        { channel: "a/b?c" },
        'Cannot use channel "a/b?c": a name is 1 to 99 of A-Z a-z 0-9 . _ -',
        "other",
      ],
      [
        { type: "status" },
        'Cannot use type "status": status, open and error are reserved',
        "other",
      ],
    ] as const
  ) {
    assertEquals(await publish({ ...DRAFT, ...draft }), { text, fault });
  }
});

Deno.test("publish() does not take a token that no header can carry for a server that is away", async () => {
  const outcome = await publish({ ...DRAFT, token: "tökén" });
  assertEquals(outcome, {
    text: "Cannot publish: a token is of ASCII, without spaces",
    fault: "token",
  });
});

Deno.test("publish() says where the server does not answer", async () => {
  for (
    const answer of [
      () => Promise.reject(new TypeError("network error")),
      () => Promise.resolve(new Response("Bad Gateway", { status: 502 })),
    ]
  ) {
    using _ = stub(globalThis, "fetch", answer);
    assertEquals(await publish(DRAFT), {
      text: "Cannot publish: the server does not answer",
      fault: "other",
    });
  }
});

Deno.test("tokenIn() finds the token in a fragment", () => {
  assertEquals(tokenIn("#token=a-b_C"), "a-b_C");
  assertEquals(tokenIn("#x=1&token=a%2Bb+c%25&y"), "a+b+c%");
  assertEquals(tokenIn("#token=100%"), "100%");
  assertEquals(tokenIn("#token="), "");
  assertEquals(tokenIn("#nottoken=a"), undefined);
  assertEquals(tokenIn(""), undefined);
});
