import { assertEquals } from "@std/assert";
import { readTokens } from "../../access/read_tokens.ts";
import { parsePattern } from "../../events/pattern.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { type InProcess, inProcess } from "../support/in_process.ts";

const TOKENS = [
  { name: "all", token: "all-token", subscribe: ["*"], publish: ["*"] },
  { name: "reader", token: "reader-token", subscribe: ["user.42", "team/*"] },
  { name: "ci", token: "ci-token", publish: ["news.*"] },
];

/** A Chime with the tokens of {@linkcode TOKENS}. */
function guarded(...patterns: string[]): InProcess {
  return inProcess({
    access: {
      isPrivate: patterns.map(parsePattern),
      tokens: readTokens(JSON.stringify(TOKENS)),
    },
  });
}

function bearer(token: string | undefined, others: HeadersInit = {}) {
  const headers = new Headers(others);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  return headers;
}

/** The members of a problem that access adds, and what the answer says besides. */
async function refusalOf(response: Response) {
  const { title, status, detail, ...others } = await response.json();
  assertEquals(status, response.status);
  return {
    status,
    detail,
    ...others,
    challenge: response.headers.get("www-authenticate"),
    title: typeof title,
  };
}

Deno.test("GET /sse/{channel} of a private channel without a credential is a 401 that lists what is missing", async () => {
  await using chime = guarded("user.*", "team/*");
  for (const method of ["GET", "HEAD"]) {
    const response = await chime.request("/sse/news,user.42,team/a,chat", {
      method,
    });
    assertEquals(await refusalOf(response), {
      status: 401,
      detail:
        'Cannot subscribe to "user.42","team/a" without a token: send it as Authorization: Bearer <token>',
      missing: ["user.42", "team/a"],
      challenge: 'Bearer realm="chime"',
      title: "string",
    });
  }
});

Deno.test("GET /sse/{channel} with a credential that lacks a right is a 403 that lists what is missing", async () => {
  await using chime = guarded("*");
  const response = await chime.request("/sse/user.42,user.43,team/a,news", {
    headers: bearer("reader-token"),
  });
  assertEquals(await refusalOf(response), {
    status: 403,
    detail:
      'Cannot subscribe to "user.43","news": the credential has no right to',
    missing: ["user.43", "news"],
    challenge: 'Bearer realm="chime", error="insufficient_scope"',
    title: "string",
  });
});

Deno.test("GET /sse/{channel} opens no stream where any channel is refused", async () => {
  await using chime = guarded("user.*");
  const response = await chime.request("/sse/news,user.42");
  assertEquals(response.status, 401);
  assertEquals(chime.instance.hub.channels, []);
  assertEquals(chime.instance.hub.subscriberCount, 0);
  await response.body?.cancel();
});

Deno.test("GET /sse/{channel} tells nobody without a right whether a channel has events or streams", async () => {
  await using chime = guarded("user.*");
  await chime.request("/sse/user.42", {
    method: "POST",
    body: "x",
    headers: bearer("all-token"),
  });
  const stream = await chime.request("/sse/user.42", {
    headers: bearer("all-token"),
  });
  const heads = [];
  for (const name of ["user.42", "user.43"]) {
    for (
      const query of ["", "?since=1h", "?latest=1", "?lastEventId=1-0", "?tz=x"]
    ) {
      const response = await chime.request(`/sse/${name}${query}`);
      const { detail } = await response.clone().json();
      heads.push([
        response.status,
        [...response.headers].filter(([name]) => name !== "x-request-id"),
        (await response.text()).replaceAll(name, "NAME"),
        detail.includes(name),
      ]);
    }
  }
  for (const head of heads) assertEquals(head, heads[0]);
  await stream.body!.cancel();
});

Deno.test("A pattern that overlaps a private one needs one right that covers it whole, in the path and in the query", async () => {
  await using chime = guarded("team/vip/*", "user.42");
  for (
    const [pattern, token, status] of [
      ["team/*", undefined, 401],
      ["team/*", "ci-token", 403],
      ["team/*", "reader-token", 200],
      ["team/vip/*", "reader-token", 200],
      ["team/vip/a/*", undefined, 401],
      ["user.*", "reader-token", 403],
      ["user.*", "all-token", 200],
      ["*", undefined, 401],
      ["*", "reader-token", 403],
      ["*", "all-token", 200],
      // Nothing of these is private.
      ["team/other/*", undefined, 200],
      ["user.42.*", undefined, 200],
      ["news.*", undefined, 200],
    ] as const
  ) {
    for (const path of [`/sse/${pattern}`, `/sse/?channel=${pattern}`]) {
      for (const method of ["GET", "HEAD"]) {
        const response = await chime.request(path, {
          method,
          headers: bearer(token),
        });
        assertEquals(response.status, status, `${method} ${path} ${token}`);
        if (status !== 200) {
          assertEquals((await response.json()).missing, [pattern]);
        } else await response.body!.cancel();
      }
    }
  }
});

Deno.test("A stream of a pattern ends when its right does", async () => {
  await using chime = guarded("user.*");
  const stream = await chime.request("/sse/?channel=*", {
    headers: bearer("all-token"),
  });
  const reader = new EventReader(stream.body!);
  chime.instance.changeAccess({
    tokens: readTokens(JSON.stringify([
      { ...TOKENS[0], subscribe: ["user.*"] },
    ])),
  });
  assertEquals((await reader.rest()).map(({ data }) => data), [
    '{"state":"expired"}',
  ]);
});

for (
  const [what, query, headers] of [
    ["live", "", {}],
    ["with since", "?since=1h", {}],
    ["with latest", "?latest=9", {}],
    ["with earliest", "?since=earliest", {}],
    ["with lastEventId", "?lastEventId=1-0", {}],
    ["with last_event_id", "?last_event_id=earliest", {}],
    ["with Last-Event-ID", "", { "last-event-id": "1-0" }],
    ["as an EventSource", "", { accept: "text/event-stream" }],
    ["of another origin", "", { origin: "https://evil.test" }],
    ["with an empty query", "?", {}],
    [
      "with a token in the query",
      "?token=all-token&access_token=all-token",
      {},
    ],
  ] as [string, string, Record<string, string>][]
) {
  Deno.test(`GET /sse/{channel} ${what} asks for the same right`, async () => {
    await using chime = guarded("user.*");
    await chime.request("/sse/user.42", {
      method: "POST",
      body: "secret",
      headers: bearer("all-token"),
    });
    const path = `/sse/user.42${query}`;
    for (
      const [token, status] of [
        [undefined, 401],
        ["wrong", 401],
        ["ci-token", 403],
        ["reader-token", 200],
      ] as const
    ) {
      const response = await chime.request(path, {
        headers: bearer(token, headers),
      });
      assertEquals(response.status, status, token);
      await response.body?.cancel();
    }
  });
}

for (
  const [raw, status] of [
    ["/sse/user%2e42", 401],
    ["/sse/%75ser.42", 401],
    ["/sse/%75%73%65%72%2E%34%32", 401],
    ["/sse/news,user.42", 401],
    ["/sse/user.42,news", 401],
    ["/sse/user.42,user.42", 401],
    ["/sse/news%2Cuser.42", 400],
    ["/sse/news%252Cuser.42", 400],
    ["/sse/%2575ser.42", 400],
    ["/sse//user.42", 400],
    ["//sse/user.42", 400],
    ["/sse/./user.42", 400],
    ["/sse/x/../user.42", 400],
    ["/sse/x/%2e%2e/user.42", 400],
    ["/sse/user.42/", 400],
    ["/sse/user.42%00", 400],
    ["/sse/user.42%20", 400],
    ["/sse/ user.42", 400],
    ["/sse\\user.42", 400],
    ["/sse/user.42;x", 400],
    ["/sse/user.*", 401],
    ["/sse/*", 401],
    ["/sse/%2a", 401],
    ["/sse/news,user.4*", 400],
    ["/sse/?channel=user.42", 401],
    ["/sse/?channel=news&channel=user.42", 401],
    ["/sse/?channel=user.42&channel=news", 401],
    ["/sse/?channel=user%2e42", 401],
    ["/sse/?%63hannel=%75ser.42", 401],
    ["/sse/?tz=UTC&channel=user.42", 401],
    ["/sse/?channel=user.*", 401],
    ["/sse/?channel=*", 401],
    ["/sse/?channel=news,user.42", 400],
    ["/sse/?channel=news%2Cuser.42", 400],
    ["/sse/?channel=%2575ser.42", 400],
    ["/sse/?channel=user.42%00", 400],
    ["/sse/?channel=+user.42", 400],
    ["/sse/?channel=/user.42", 400],
    ["/sse/?channel=x/../user.42", 400],
    ["/sse/news?channel=user.42", 400],
    ["/sse?channel=user.42", 308],
    ["/SSE/user.42", 404],
    ["/sse/user.42?x#y", 400],
  ] as [string, number][]
) {
  Deno.test(`GET ${raw} gets nobody a private channel`, async () => {
    await using chime = guarded("user.*");
    const response = await chime.raw(raw);
    assertEquals(response.status, status);
    await response.body?.cancel();
  });
}

Deno.test("A name that only looks like a private one is public", async () => {
  await using chime = guarded("user.*");
  for (const name of ["user", "User.42", "user:42", "users.42", "a.user.42"]) {
    const response = await chime.request(`/sse/${name}`);
    assertEquals(response.status, 200, name);
    await response.body!.cancel();
  }
});

Deno.test("GET /sse/{channel} with a wrong token is a 401, though the channel be public", async () => {
  await using chime = guarded("user.*");
  const response = await chime.request("/sse/news", {
    headers: bearer("wrong"),
  });
  assertEquals(await refusalOf(response), {
    status: 401,
    detail: "Cannot take the token in the Authorization header: it is wrong",
    challenge: 'Bearer realm="chime", error="invalid_token"',
    title: "string",
  });
  const other = await chime.request("/sse/news", {
    headers: { authorization: "Basic dTpw" },
  });
  assertEquals(other.status, 200);
  await other.body!.cancel();
});

Deno.test("The clock, the page, health and metrics ask for no right", async () => {
  await using chime = guarded("*");
  for (const path of ["/", "/sse/", "/healthz", "/readyz", "/metrics"]) {
    for (const token of [undefined, "wrong"]) {
      const response = await chime.request(path, { headers: bearer(token) });
      assertEquals(response.status, 200, path);
      await response.body?.cancel();
    }
  }
});

Deno.test("POST /sse/{channel} needs the right to publish to it, whatever is private", async () => {
  await using chime = guarded();
  const publish = async (token: string | undefined, channel: string) => {
    const response = await chime.request(`/sse/${channel}`, {
      method: "POST",
      body: "x",
      headers: bearer(token),
    });
    return response;
  };
  assertEquals((await publish("ci-token", "news.a")).status, 201);
  for (const name of ["news", "user.42", "news:a"]) {
    assertEquals(await refusalOf(await publish("ci-token", name)), {
      status: 403,
      detail: `Cannot publish to "${name}": the credential has no right to`,
      missing: [name],
      challenge: 'Bearer realm="chime", error="insufficient_scope"',
      title: "string",
    });
  }
  // The right to read is none to publish.
  assertEquals((await publish("reader-token", "user.42")).status, 403);
  assertEquals((await publish("all-token", "anything")).status, 201);
});

Deno.test("POST /sse/{channel} of many lines asks for the right, and publishes none without it", async () => {
  await using chime = guarded();
  const stream = await chime.request("/sse/user.42,news.a", {
    headers: bearer("all-token"),
  });
  for (
    const [channel, status] of [["user.42", 403], ["news.a", 201]] as const
  ) {
    const response = await chime.request(`/sse/${channel}`, {
      method: "POST",
      body: '{"data":"1"}\n{"data":"2"}\n',
      headers: bearer("ci-token", { "content-type": "application/x-ndjson" }),
    });
    assertEquals(response.status, status);
  }
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event }) => event), ["news.a", "news.a"]);
});

Deno.test("A stream whose token is removed ends with expired, and resumes exactly with a fresh one", async () => {
  await using chime = guarded("user.*");
  const publish = (data: string) =>
    chime.request("/sse/user.42", {
      method: "POST",
      body: data,
      headers: bearer("all-token"),
    });
  const open = (token: string, lastId?: string) =>
    chime.request("/sse/user.42", {
      headers: bearer(token, lastId ? { "last-event-id": lastId } : {}),
    });
  const [removed, kept] = [
    new EventReader((await open("reader-token")).body!),
    new EventReader((await open("all-token")).body!),
  ];
  await publish("1");
  const [first] = await removed.take(1);
  await kept.take(1);
  chime.instance.changeAccess({
    tokens: readTokens(JSON.stringify([
      TOKENS[0],
      { ...TOKENS[1], token: "fresh-token" },
    ])),
  });
  const rest = await removed.rest();
  assertEquals(rest.map(({ event, data, id }) => [event, data, id]), [
    ["status", '{"state":"expired"}', undefined],
  ]);
  assertEquals(typeof rest[0]!.retry, "number");
  await publish("2");
  await publish("3");
  assertEquals((await open("reader-token", first!.id)).status, 401);
  const again = new EventReader((await open("fresh-token", first!.id)).body!);
  assertEquals((await again.take(3)).map(({ data }) => data), [
    "2",
    "3",
    '{"state":"resumed","replayed":2}',
  ]);
  // The other stream lives on uncut.
  assertEquals((await kept.take(2)).map(({ data }) => data), ["2", "3"]);
  await again[Symbol.asyncDispose]();
  await kept[Symbol.asyncDispose]();
});

Deno.test("A stream ends when its token loses a right that it needs, and lives on when it loses another one", async () => {
  await using chime = guarded("*");
  const open = async (path: string) => {
    const headers = bearer("reader-token");
    const response = await chime.request(path, { headers });
    return new EventReader(response.body!);
  };
  const [user, team] = [await open("/sse/user.42"), await open("/sse/team/a")];
  chime.instance.changeAccess({
    tokens: readTokens(JSON.stringify([
      TOKENS[0],
      { ...TOKENS[1], subscribe: ["team/*"] },
    ])),
  });
  assertEquals((await user.rest()).map(({ data }) => data), [
    '{"state":"expired"}',
  ]);
  await chime.request("/sse/team/a", {
    method: "POST",
    body: "1",
    headers: bearer("all-token"),
  });
  assertEquals((await team.take(1))[0]!.data, "1");
  await team[Symbol.asyncDispose]();
});

Deno.test("The metrics count the streams that ended as their right did", async () => {
  await using chime = guarded("*");
  const stream = await chime.request("/sse/user.42", {
    headers: bearer("reader-token"),
  });
  const reader = new EventReader(stream.body!);
  chime.instance.changeAccess({ tokens: [] });
  await reader.rest();
  const text = await (await chime.request("/metrics")).text();
  assertEquals(
    /^chime_statuses_sent_total\{source="channels",state="expired"\} 1$/m
      .test(text),
    true,
  );
});

Deno.test("A refused stream is logged with the reason, and without a credential", async () => {
  await using chime = guarded("*");
  for (const token of ["wr0ng-s3cret", "ci-token"]) {
    const response = await chime.request(`/sse/user.42?ticket=t1cket-s3cret`, {
      headers: bearer(token, { cookie: "sid=c00kie-s3cret" }),
    });
    await response.body?.cancel();
  }
  const text = JSON.stringify(chime.log.records);
  assertEquals(chime.log.lines, Array(2).fill("warn a stream was refused"));
  assertEquals(/s3cret|ci-token/.test(text), false, text);
});

Deno.test("A stream is refused as the server is full before anybody's credential is looked at", async () => {
  await using chime = inProcess({
    maxStreams: 0,
    access: { isPrivate: [parsePattern("*")], tokens: [] },
  });
  await assertProblem(
    await chime.request("/sse/user.42"),
    503,
    "Cannot open a stream: the server is overloaded",
  );
});
