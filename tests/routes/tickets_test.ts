import { assert, assertEquals, assertMatch } from "@std/assert";
import { stub } from "@std/testing/mock";
import { toApplication } from "../../access/open_access.ts";
import { parsePattern } from "../../events/pattern.ts";
import { readTokens } from "../../access/read_tokens.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { UnavailableError } from "../../journal/history.ts";
import { EventReader } from "../support/event_reader.ts";
import { fakeApplication } from "../support/fake_application.ts";
import { type InProcess, inProcess } from "../support/in_process.ts";

const TOKENS = [
  { name: "all", token: "all", subscribe: ["*"], publish: ["*"], admin: true },
  { name: "42", token: "t42", subject: "42", subscribe: ["user.42", "team/*"] },
];

const tokens = (list: unknown = TOKENS) => readTokens(JSON.stringify(list));

function guarded(): InProcess {
  return inProcess({
    access: { isPrivate: [parsePattern("*")], tokens: tokens() },
  });
}

function ask(
  chime: InProcess,
  token: string | undefined,
  body?: unknown,
  headers: HeadersInit = {},
): Promise<Response> {
  return chime.request("/tickets", {
    method: "POST",
    headers: { ...token && { authorization: `Bearer ${token}` }, ...headers },
    body: body === undefined
      ? ""
      : typeof body === "string"
      ? body
      : JSON.stringify(body),
  });
}

async function ticketOf(chime: InProcess, token: string, body?: unknown) {
  const response = await ask(chime, token, body);
  assertEquals(response.status, 201);
  return (await response.json()).ticket as string;
}

async function readerOf(response: Promise<Response>): Promise<EventReader> {
  return new EventReader((await response).body!);
}

/** What opening a stream with the ticket is answered with. */
async function open(chime: InProcess, path: string, method = "GET") {
  const response = await chime.request(path, { method });
  await response.body?.cancel();
  return response.status;
}

Deno.test("POST /tickets issues a ticket of 128 bits that opens one stream, once", async () => {
  await using chime = guarded();
  const response = await ask(chime, "t42");
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { ticket, expires, ...others } = await response.json();
  assertEquals(others, {});
  assertMatch(ticket, /^[A-Za-z0-9_-]{22}$/);
  assert(Math.abs(expires - Date.now() / 1_000 - 30) <= 2);
  await using reader = await readerOf(
    chime.request(`/sse/user.42,team/a?ticket=${ticket}`),
  );
  await chime.request("/sse/user.42", {
    method: "POST",
    body: "hello",
    headers: { authorization: "Bearer all" },
  });
  assertEquals((await reader.take(1))[0]!.data, "hello");
  assertEquals(await open(chime, `/sse/user.42?ticket=${ticket}`), 401);
});

Deno.test("A ticket is taken by one of two at once, and by a HEAD as well", async () => {
  await using chime = guarded();
  const ticket = await ticketOf(chime, "t42");
  const answers = await Promise.all(
    Array.from(
      { length: 5 },
      () => open(chime, `/sse/user.42?ticket=${ticket}`),
    ),
  );
  assertEquals(answers.toSorted(), [200, 401, 401, 401, 401]);
  const other = await ticketOf(chime, "t42");
  assertEquals(await open(chime, `/sse/user.42?ticket=${other}`, "HEAD"), 200);
  assertEquals(await open(chime, `/sse/user.42?ticket=${other}`), 401);
});

Deno.test("A ticket gives no more than its credential, nor on another channel", async () => {
  await using chime = guarded();
  for (
    const path of ["/sse/user.43", "/sse/user.42,user.43", "/sse/user.42.x"]
  ) {
    const ticket = await ticketOf(chime, "t42");
    assertEquals(await open(chime, `${path}?ticket=${ticket}`), 403);
    assertEquals(await open(chime, `/sse/user.42?ticket=${ticket}`), 401);
  }
  const ticket = await ticketOf(chime, "all");
  const revoke = await chime.request(`/subjects?subject=1&ticket=${ticket}`, {
    method: "DELETE",
  });
  assertEquals(revoke.status, 401);
});

Deno.test("A ticket opens a stream of channels that the query names, too, and of a pattern that its rights cover whole", async () => {
  await using chime = guarded();
  const query = "/sse/?channel=user.42&channel=team/a";
  const ticket = await ticketOf(chime, "t42");
  assertEquals(await open(chime, `${query}&ticket=${ticket}`), 200);
  const other = await ticketOf(chime, "t42");
  const path = "/sse/?channel=user.42&channel=user.43";
  assertEquals(await open(chime, `${path}&ticket=${other}`), 403);
  const whole = await ticketOf(chime, "all");
  assertEquals(await open(chime, `/sse/?channel=*&ticket=${whole}`), 200);
});

Deno.test("POST /tickets narrows the rights that its body names", async () => {
  await using chime = guarded();
  const narrow = { subscribe: ["team/a", "user.42"], other: 1 };
  const ticket = await ticketOf(chime, "t42", narrow);
  assertEquals(await open(chime, `/sse/team/b?ticket=${ticket}`), 403);
  const none = await ticketOf(chime, "t42", {});
  assertEquals(await open(chime, `/sse/user.42?ticket=${none}`), 403);
  const wide = await ask(chime, "t42", { subscribe: ["team/*", "user.*"] });
  assertEquals(wide.status, 403);
  assertEquals((await wide.json()).missing, ["user.*"]);
  const publish = await ask(chime, "t42", { publish: ["user.42"] });
  assertEquals(publish.status, 403);
  await publish.body?.cancel();
});

Deno.test("POST /tickets takes an empty body of any type, and refuses what is no object", async () => {
  await using chime = guarded();
  for (const type of ["application/json", "text/plain", "x/y"]) {
    const response = await ask(chime, "t42", "", { "content-type": type });
    assertEquals(response.status, 201);
    await response.body?.cancel();
  }
  for (const body of ["[]", "x", "1", "null", '{"subscribe":"*"}', " "]) {
    const response = await ask(chime, "t42", body);
    assertEquals(response.status, 400, body);
    await response.body?.cancel();
  }
});

Deno.test("POST /tickets needs a credential, and a wrong ticket is a 401 whatever else is sent", async () => {
  await using chime = guarded();
  for (const token of [undefined, "wrong"]) {
    const response = await ask(chime, token);
    assertEquals(response.status, 401);
    await response.body?.cancel();
  }
  const ticket = await ticketOf(chime, "t42");
  for (
    const query of [
      "ticket=",
      "ticket=x",
      `ticket=${ticket}&ticket=${ticket}`,
      `ticket=${ticket}x`,
    ]
  ) {
    const response = await chime.request(`/sse/user.42?${query}`, {
      headers: { authorization: "Bearer all" },
    });
    assertEquals(response.status, 401, query);
    const text = await response.text();
    assert(!text.includes(ticket), text);
  }
});

Deno.test("A ticket waits for 30 s", async () => {
  await using chime = guarded();
  const { time } = chime;
  const [early, late] = [
    await ticketOf(chime, "t42"),
    await ticketOf(chime, "t42"),
  ];
  await time.tickAsync(29_000);
  assertEquals(await open(chime, `/sse/user.42?ticket=${early}`), 200);
  await time.tickAsync(2_000);
  assertEquals(await open(chime, `/sse/user.42?ticket=${late}`), 401);
});

Deno.test("10,000 tickets wait at most", async () => {
  await using chime = guarded();
  const tickets = [];
  for (let i = 0; i < 10_000; i++) tickets.push(await ticketOf(chime, "t42"));
  const response = await ask(chime, "t42");
  assertEquals(response.status, 429);
  assert(response.headers.has("retry-after"));
  await response.body?.cancel();
  assertEquals(await open(chime, `/sse/user.42?ticket=${tickets[0]}`), 200);
  await ticketOf(chime, "t42");
});

Deno.test("A stream that was opened with a ticket ends when its token is removed", async () => {
  await using chime = guarded();
  const ticket = await ticketOf(chime, "t42");
  await using reader = await readerOf(
    chime.request(`/sse/user.42?ticket=${ticket}`),
  );
  chime.instance.changeAccess({ tokens: tokens(TOKENS.slice(0, 1)) });
  const events = await reader.rest();
  assertEquals(events.at(-1)!.data, '{"state":"expired"}');
});

Deno.test("A ticket cannot be taken while the journal is away: that is refused for now", async () => {
  await using chime = guarded();
  const ticket = await ticketOf(chime, "t42");
  {
    using _ = stub(
      MemoryJournal.prototype,
      "take",
      () => Promise.reject(new UnavailableError("away")),
    );
    const response = await chime.request(`/sse/user.42?ticket=${ticket}`, {
      headers: { accept: "text/event-stream" },
    });
    assertEquals(response.status, 200);
    assertMatch(await response.text(), /"overloaded"/);
  }
  assertEquals(await open(chime, `/sse/user.42?ticket=${ticket}`), 200);
});

Deno.test("POST /tickets asks the application for those whom it knows", async () => {
  await using application = fakeApplication((request) =>
    request.headers.get("authorization") === "Session 42"
      ? Response.json({ subject: "42", subscribe: ["user.42"] })
      : new Response(null, { status: 401 })
  );
  await using chime = inProcess({
    access: {
      isPrivate: [parsePattern("*")],
      application: toApplication(application.url, 1),
    },
  });
  // The application is on a real socket.
  chime.time[Symbol.dispose]();
  for (const body of ["", '{"subscribe":["user.42"]}']) {
    const issue = (authorization: string) =>
      chime.request("/tickets", {
        method: "POST",
        body,
        headers: { authorization },
      });
    const response = await issue("Session 42");
    assertEquals(response.status, 201);
    const { ticket } = await response.json();
    assertEquals(await open(chime, `/sse/user.42?ticket=${ticket}`), 200);
    const other = await issue("Session 43");
    assertEquals(other.status, 401);
    await other.body?.cancel();
  }
  assertEquals(
    application.questions.map(({ target }) => target),
    [
      "/auth?action=subscribe",
      "/auth?action=subscribe",
      "/auth?action=subscribe&channel=user.42",
      "/auth?action=subscribe&channel=user.42",
    ],
  );
});
