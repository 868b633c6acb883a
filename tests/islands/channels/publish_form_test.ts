import { assertEquals, assertMatch } from "@std/assert";
import { stub } from "@std/testing/mock";
import { publish } from "../../../islands/channels/publish.ts";
import { tokenIn, withoutToken } from "../../../islands/channels/token.ts";
import { EventReader } from "../../support/event_reader.ts";
import { type InProcess, inProcess, TOKEN } from "../../support/in_process.ts";

const DRAFT = { channel: "news", type: "", data: "Hello", token: TOKEN };

/** Has `fetch()` ask that Chime, and keeps the requests' URLs. */
function asking(chime: InProcess) {
  const urls: string[] = [];
  const fetched = stub(
    globalThis,
    "fetch",
    ((url: string, init: RequestInit) => {
      urls.push(url);
      return chime.request(`/${url}`, init);
    }) as typeof fetch,
  );
  return { urls, [Symbol.dispose]: () => fetched.restore() };
}

Deno.test("publish() says which id the event has and how many it went to", async () => {
  await using chime = inProcess();
  using asked = asking(chime);
  const { text, fault } = await publish({ ...DRAFT, type: "a&b=ü" });
  assertEquals(
    text.replace(/\d+-\d+\.\w{6}/, "ID"),
    "Published as ID to 0 clients",
  );
  assertEquals(fault, undefined);
  assertEquals(asked.urls, ["sse/news?event=a%26b%3D%C3%BC"]);
});

Deno.test("publish() says what is wrong, and at which field", async () => {
  await using chime = inProcess();
  using _ = asking(chime);
  for (
    const [draft, text, fault] of [
      [
        { token: "wrong" },
        "This is not the right token",
        "token",
      ],
      [
        { token: "" },
        "Type the token that Chime was started with, or printed at start",
        "token",
      ],
      [
        { channel: "a/b?c" },
        'Cannot use channel "a/b?c": a name must be 1 to 256 of A-Z a-z 0-9 . _ - : @ + ~ = /',
        "channel",
      ],
      [
        { type: "status" },
        'Cannot use type "status": status, open and error are reserved',
        "type",
      ],
    ] as const
  ) {
    assertEquals(await publish({ ...DRAFT, ...draft }), { text, fault });
  }
});

Deno.test("publish() does not take a token that no header can carry for a server that is away", async () => {
  const outcome = await publish({ ...DRAFT, token: "tökén" });
  assertEquals(outcome, {
    text: "A token has no spaces and only ASCII characters",
    fault: "token",
  });
});

Deno.test("publish() sends no data and no type with a lone surrogate", async () => {
  for (
    const [draft, text, fault] of [
      [
        { data: "a\ud800" },
        "Cannot publish: the data holds half of a character (a lone surrogate)",
        "data",
      ],
      [
        { type: "\udc00" },
        'Cannot use type "\\udc00": a type must be well-formed, without a lone surrogate',
        "type",
      ],
    ] as const
  ) {
    assertEquals(await publish({ ...DRAFT, ...draft }), { text, fault });
  }
});

Deno.test("publish() leaves out the spaces around the channel", async () => {
  await using chime = inProcess();
  using asked = asking(chime);
  await publish({ ...DRAFT, channel: " news\t" });
  assertEquals(asked.urls, ["sse/news"]);
});

Deno.test("publish() says that something redirects it, whatever is there", async () => {
  const redirects: unknown[] = [];
  using _ = stub(globalThis, "fetch", (_, init) => {
    redirects.push(init?.redirect);
    // All else is hidden by the browser.
    const hidden = Object.defineProperty(Response.error(), "type", {
      value: "opaqueredirect",
    });
    return Promise.resolve(hidden);
  });
  const { text, fault } = await publish(DRAFT);
  assertMatch(
    text,
    /^The answer is a redirect, and not from Chime: .* not published$/,
  );
  assertEquals(fault, "other");
  assertEquals(redirects, ["manual"]);
});

const UNKNOWN = "Whether the event was published is not known";
const REFUSED = "The event was probably not published";

function html(status: number, statusText = ""): Response {
  return new Response("<h1>Sorry</h1>", {
    status,
    statusText,
    headers: { "content-type": "text/html" },
  });
}

function problem(status: number, body: unknown): Response {
  return Response.json(body, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

Deno.test("publish() says the status of an answer that is not Chime's, and whose it may be", async () => {
  const named = "and not from Chime: a proxy in between may have sent it.";
  for (
    const [answer, status, end] of [
      [html(413, "Payload Too Large"), "413 Payload Too Large", REFUSED],
      [html(403), "403", REFUSED],
      [html(408), "408", UNKNOWN],
      [html(502, "Bad Gateway"), "502 Bad Gateway", UNKNOWN],
      // A login page.
      [html(200, "OK"), "200 OK", UNKNOWN],
      [html(201), "201", UNKNOWN],
      [new Response(null, { status: 204 }), "204", UNKNOWN],
      [Response.json({ error: "no" }, { status: 429 }), "429", REFUSED],
      // A framework's, of the same form as Chime's.
      [Response.json({ detail: "no" }, { status: 400 }), "400", REFUSED],
      [problem(401, { title: "Unauthorized" }), "401", REFUSED],
      [problem(400, { detail: "" }), "400", REFUSED],
      [problem(403, { detail: " \n" }), "403", REFUSED],
      [problem(400, { detail: ["no"] }), "400", REFUSED],
      [problem(500, null), "500", UNKNOWN],
      [Response.json({ id: "1-0" }, { status: 201 }), "201", UNKNOWN],
      [Response.json({ id: 1, clients: 1 }, { status: 201 }), "201", UNKNOWN],
    ] as const
  ) {
    using _ = stub(globalThis, "fetch", () => Promise.resolve(answer));
    assertEquals(await publish(DRAFT), {
      text: `The answer is ${status}, ${named} ${end}`,
      fault: "other",
    });
  }
});

Deno.test("publish() says that without an answer nothing is known", async () => {
  const lost = "No answer: the server cannot be reached, or the connection " +
    `was lost. ${UNKNOWN}`;
  const cut = () =>
    new ReadableStream({ start: (body) => body.error(new TypeError("cut")) });
  for (
    const answer of [
      () => Promise.reject(new TypeError("network error")),
      () => Promise.resolve(new Response(cut(), { status: 201 })),
    ]
  ) {
    using _ = stub(globalThis, "fetch", answer);
    assertEquals(await publish(DRAFT), { text: lost, fault: "other" });
  }
});

Deno.test("publish() waits 15 s for an answer, its body included", async () => {
  const limit = new AbortController();
  const limitsMs: number[] = [];
  using _ = stub(AbortSignal, "timeout", (ms) => {
    limitsMs.push(ms);
    return limit.signal;
  });
  using _fetch = stub(
    globalThis,
    "fetch",
    ((_url, init) => {
      const body = new ReadableStream({
        start: (body) =>
          init!.signal!.addEventListener(
            "abort",
            () => body.error(init!.signal!.reason),
          ),
      });
      return Promise.resolve(new Response(body, { status: 201 }));
    }) as typeof fetch,
  );
  const outcome = publish(DRAFT);
  limit.abort(new DOMException("Signal timed out.", "TimeoutError"));
  assertEquals(await outcome, {
    text: `No answer within 15 s. ${UNKNOWN}`,
    fault: "other",
  });
  assertEquals(limitsMs, [15_000]);
});

Deno.test("tokenIn() finds the token in a fragment", () => {
  assertEquals(tokenIn("#token=a-b_C"), "a-b_C");
  assertEquals(tokenIn("#x=1&token=a%2Bb+c%25&y"), "a+b+c%");
  assertEquals(tokenIn("#token=100%"), "100%");
  assertEquals(tokenIn("#token="), "");
  assertEquals(tokenIn("#nottoken=a"), undefined);
  assertEquals(tokenIn(""), undefined);
});

Deno.test("withoutToken() takes the tokens out of a fragment, and nothing else", () => {
  for (
    const [hash, rest] of [
      ["", ""],
      ["#", ""],
      ["#token=a", ""],
      ["#token=", ""],
      ["#token=a&token=b", ""],
      ["#x=1&token=a%26&y", "#x=1&y"],
      ["#nottoken=a", "#nottoken=a"],
      ["#part-two", "#part-two"],
    ] as const
  ) {
    assertEquals(withoutToken(hash), rest);
    assertEquals(tokenIn(rest), undefined);
  }
});

Deno.test("publish() reaches a channel of several levels, with every character that a name may have", async () => {
  await using chime = inProcess();
  using _ = asking(chime);
  const channel = "user/4.2_-:@+~=/a";
  const stream = await chime.request(`/sse/${channel}`);
  const { fault } = await publish({ ...DRAFT, channel, data: "1" });
  assertEquals(fault, undefined);
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.data, "1");
});
