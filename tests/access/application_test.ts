import { assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  ForbiddenError,
  UnauthorizedError,
  UndecidedError,
} from "../../access/access_error.ts";
import {
  type ApplicationSettings,
  HttpApplication,
} from "../../access/application.ts";
import type { Asking, Need } from "../../access/source.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { fakeApplication } from "../support/fake_application.ts";
import { until } from "../support/until.ts";
import { askingWith, rightsOf } from "./grants.ts";

const NEED: Need = { action: "subscribe", channels: ["a", "b/c@+"] };

function settings(others: Partial<ApplicationSettings>): ApplicationSettings {
  return {
    url: "http://127.0.0.1:1/",
    maxAtOnce: 64,
    maxWaiting: 1_000,
    loggedAt: new Uint32Array(new SharedArrayBuffer(4)),
    ...others,
  };
}

/** An application that answers with a status, a JSON body and headers. */
function answering(
  status: number,
  json: unknown = {},
  headers: HeadersInit = {},
) {
  return fakeApplication(() =>
    new Response(
      status === 204 || status === 304 ? null : JSON.stringify(json),
      {
        status,
        headers,
      },
    )
  );
}

function client(
  url: string,
  others: Partial<ApplicationSettings> = {},
  trustsCookies = (_: Asking) => true,
) {
  return new HttpApplication(settings({ url, ...others }), trustsCookies);
}

const ALL_HEADERS = {
  "accept": "text/event-stream",
  "accept-language": "de",
  "authorization": "Basic dTpw",
  "cookie": "sessionid=1; b=2",
  "forwarded": "for=1",
  "last-event-id": "5",
  "origin": "https://a.test",
  "referer": "https://a.test/x",
  "sec-fetch-site": "same-origin",
  "user-agent": "Browser/1",
  "x-csrftoken": "x",
  "x-forwarded-for": "192.0.2.1, 192.0.2.2",
  "x-forwarded-host": "a.test",
  "x-forwarded-port": "443",
  "x-forwarded-proto": "https",
  "x-real-ip": "192.0.2.1",
};

const PASSED = {
  "authorization": "Basic dTpw",
  "cookie": "sessionid=1; b=2",
  "origin": "https://a.test",
  "user-agent": "Browser/1",
  "x-forwarded-for": "192.0.2.1, 192.0.2.2",
  "x-forwarded-host": "a.test",
  "x-forwarded-proto": "https",
};

Deno.test("The application is asked by GET for the action and the channels, with the headers named and no other", async () => {
  await using app = answering(200);
  const { ask } = bound(client(app.url));
  await ask(askingWith(ALL_HEADERS, "ticket=1&latest=5"), NEED);
  await ask({ ...askingWith(), method: "POST" }, {
    action: "publish",
    channels: ["~x"],
  });
  assertEquals(app.questions, [
    {
      method: "GET",
      target: "/auth?action=subscribe&channel=a&channel=b%2Fc%40%2B",
      headers: PASSED,
    },
    { method: "GET", target: "/auth?action=publish&channel=%7Ex", headers: {} },
  ]);
});

Deno.test("The application's URL keeps its own query", async () => {
  await using app = answering(200);
  await client(`${app.url}?key=a%20b&x`).ask(askingWith(), NEED);
  const [question] = app.questions;
  const { searchParams } = new URL(question!.target, app.url);
  assertEquals([...searchParams], [
    ...[["key", "a b"], ["x", ""], ["action", "subscribe"]],
    ...[["channel", "a"], ["channel", "b/c@+"]],
  ]);
});

Deno.test("The application gets a header that is empty, too", async () => {
  await using app = answering(200);
  await client(app.url).ask(askingWith({ origin: "" }), NEED);
  assertEquals(app.questions[0]!.headers, { origin: "" });
});

Deno.test("An application that is silent for 3 s decides nothing", async () => {
  using log = new CapturedLog();
  const { promise, resolve } = Promise.withResolvers<void>();
  await using app = fakeApplication(async () => {
    await promise;
    return new Response("{}");
  });
  await assertRejects(
    () => client(app.url).ask(askingWith(), NEED),
    UndecidedError,
  );
  resolve();
  assertEquals(
    log.records[0]!.fields.reason,
    "it did not answer within 3 s",
  );
});

Deno.test("The application gets the Cookie only where cookies count", async () => {
  await using app = answering(200);
  const seen: Asking[] = [];
  const application = client(app.url, {}, (asking) => {
    seen.push(asking);
    return false;
  });
  const asking = askingWith(ALL_HEADERS);
  await application.ask(asking, NEED);
  const { cookie: _, ...others } = PASSED;
  assertEquals(app.questions[0]!.headers, others);
  assertEquals(seen, [asking]);
});

Deno.test("A 200 gives the rights that it names", async () => {
  await using app = answering(200, { subject: "42", subscribe: ["a", "b/*"] }, {
    "content-type": "text/html",
    "set-cookie": "a=b",
  });
  assertEquals(await client(app.url).ask(askingWith(), NEED), {
    rights: rightsOf({ subject: "42", subscribe: ["a", "b/*"] }),
  });
});

Deno.test("A body of 64 KiB is read, and no larger one", async () => {
  for (const size of [65_536, 65_537]) {
    using _log = new CapturedLog();
    await using app = fakeApplication(() => new Response("{}".padEnd(size)));
    const asked = client(app.url).ask(askingWith(), NEED);
    if (size === 65_536) await asked;
    else await assertRejects(() => asked, UndecidedError);
  }
});

for (const status of [401, 300, 301, 302, 303, 304, 307, 308, 399]) {
  Deno.test(`A ${status} is a 401`, async () => {
    await using app = answering(status, { subscribe: ["*"] }, {
      location: "/login",
    });
    const error = await assertRejects(
      () => client(app.url).ask(askingWith(), NEED),
      UnauthorizedError,
      'Cannot subscribe to "a","b/c@+": the application wants a login',
    );
    assertEquals([error.isWrong, error.missing], [false, NEED.channels]);
    assertEquals(app.questions.length, 1);
  });
}

Deno.test("A 403 is a 403", async () => {
  await using app = answering(403, { subscribe: ["*"] });
  const error = await assertRejects(
    () => client(app.url).ask(askingWith(), NEED),
    ForbiddenError,
    'Cannot subscribe to "a","b/c@+": the application does not allow it',
  );
  assertEquals(error.missing, NEED.channels);
});

for (
  const [what, answer, reason] of [
    ...[201, 202, 204, 206, 400, 402, 404, 405, 407, 410, 429, 500, 503, 599]
      .map((status) => [
        `a ${status}`,
        () => new Response(status === 204 ? null : "{}", { status }),
        `it answered ${status}`,
      ]),
    [
      "an HTML page",
      () => new Response("<!doctype html>"),
      "Cannot use the answer: it must be JSON",
    ],
    [
      "a list",
      () => new Response("[]"),
      "Cannot use the answer: it must be a JSON object",
    ],
    [
      "nothing",
      () => new Response(""),
      "Cannot use the answer: it must be JSON",
    ],
    [
      "rights that are none",
      () => new Response('{"subscribe":["a*"]}'),
      undefined,
    ],
    [
      "an expires that has passed",
      () => new Response('{"expires":5}'),
      "Cannot use expires: it must be in the future",
    ],
  ] as [string, () => Response, string | undefined][]
) {
  Deno.test(`${what} decides nothing, and is a line of the log`, async () => {
    using log = new CapturedLog();
    await using app = fakeApplication(answer);
    await assertRejects(
      () => client(app.url).ask(askingWith(), NEED),
      UndecidedError,
      "Cannot tell for now whether this is allowed: the application gives no answer",
    );
    assertEquals(log.lines, [
      "warn the application cannot be asked: what needs its answer is refused for now",
    ]);
    const [record] = log.records;
    if (reason !== undefined) assertEquals(record!.fields.reason, reason);
  });
}

Deno.test("An application that is not there decides nothing", async () => {
  using log = new CapturedLog();
  const app = answering(200);
  await app[Symbol.asyncDispose]();
  await assertRejects(
    () => client(app.url).ask(askingWith(), NEED),
    UndecidedError,
  );
  assertEquals(log.lines.length, 1);
});

Deno.test("Failures of the application are one line a minute, in all threads together, also after the clock was set back", async () => {
  using log = new CapturedLog();
  await using app = answering(500);
  const shared = settings({ url: app.url });
  const threads = [1, 2].map(() =>
    new HttpApplication(structuredClone(shared), () => true)
  );
  let now = 1_795_000_000_000;
  using _now = stub(Date, "now", () => now);
  const fail = async () => {
    for (const thread of threads) {
      for (let i = 0; i < 3; i++) {
        await assertRejects(
          () => thread.ask(askingWith(), NEED),
          UndecidedError,
        );
      }
    }
  };
  for (
    const [at, lines] of [[0, 1], [59, 1], [60, 2], [119, 2], [120, 3]] as const
  ) {
    now = 1_795_000_000_000 + at * 1_000;
    await fail();
    assertEquals(log.lines.length, lines, `${at}`);
  }
  now = 1_700_000_000_000;
  await fail();
  assertEquals(log.lines.length, 4);
});

Deno.test("The application is asked so much at once, so much waits, and the rest is undecided", async () => {
  using log = new CapturedLog();
  const { promise, resolve } = Promise.withResolvers<void>();
  await using app = fakeApplication(async () => {
    await promise;
    return new Response("{}");
  });
  const application = client(app.url, { maxAtOnce: 2, maxWaiting: 3 });
  const asked = Array.from(
    { length: 6 },
    () => application.ask(askingWith(), NEED),
  );
  await assertRejects(() => asked[5]!, UndecidedError);
  assertEquals(log.records[0]!.fields.reason, "3 wait already");
  await until(() => app.questions.length === 2);
  resolve();
  await Promise.all(asked.slice(0, 5));
  assertEquals([app.questions.length, app.mostAtOnce], [5, 2]);
});

Deno.test("An answer is asked for each time, unless Cache-Control says how long it may be kept", async () => {
  for (
    const [header, count] of [["", 2], ["no-store", 2], ["max-age=30", 1]]
  ) {
    await using app = answering(200, { subscribe: ["a"] }, {
      "cache-control": `${header}`,
    });
    const application = client(app.url);
    const first = await application.ask(askingWith(ALL_HEADERS), NEED);
    assertEquals(await application.ask(askingWith(ALL_HEADERS), NEED), first);
    assertEquals(app.questions.length, count);
  }
});

for (const status of [401, 403, 302]) {
  Deno.test(`A ${status} is kept as its Cache-Control says`, async () => {
    await using app = answering(status, {}, { "cache-control": "max-age=30" });
    const application = client(app.url);
    for (let i = 0; i < 2; i++) {
      await assertRejects(
        () => application.ask(askingWith(), NEED),
        status === 403 ? ForbiddenError : UnauthorizedError,
      );
    }
    assertEquals(app.questions.length, 1);
  });
}

Deno.test("What decides nothing is not kept, whatever its Cache-Control says", async () => {
  using _log = new CapturedLog();
  await using app = answering(500, {}, { "cache-control": "max-age=30" });
  const application = client(app.url);
  for (let i = 0; i < 2; i++) {
    await assertRejects(
      () => application.ask(askingWith(), NEED),
      UndecidedError,
    );
  }
  assertEquals(app.questions.length, 2);
});

Deno.test("An answer that is kept is that of one question alone: of the same action, channels and headers", async () => {
  await using app = answering(200, {}, { "cache-control": "max-age=60" });
  const application = client(
    app.url,
    {},
    ({ headers }) => headers.get("sec-fetch-site") === "same-origin",
  );
  const questions: [Record<string, string>, Need][] = [
    [ALL_HEADERS, NEED],
    [ALL_HEADERS, { ...NEED, action: "publish" }],
    [ALL_HEADERS, { ...NEED, action: "stop" }],
    [ALL_HEADERS, { ...NEED, channels: ["a"] }],
    [ALL_HEADERS, { ...NEED, channels: ["b/c@+", "a"] }],
    ...Object.keys(PASSED).flatMap((name) => {
      const { [name]: _, ...others } = ALL_HEADERS as Record<string, string>;
      return [
        [others, NEED],
        [{ ...others, [name]: "other" }, NEED],
      ] as [Record<string, string>, Need][];
    }),
    // The value of one header is no other header's.
    [{ "origin": "x" }, NEED],
    [{ "user-agent": "x" }, NEED],
    [{ "origin": "x", "user-agent": "y" }, NEED],
    [{ "origin": "y", "user-agent": "x" }, NEED],
  ];
  for (let round = 0; round < 2; round++) {
    for (const [headers, need] of questions) {
      await application.ask(askingWith(headers), need);
    }
    assertEquals(app.questions.length, questions.length);
  }
  // What is not sent makes no question of its own.
  await application.ask(
    askingWith({ ...ALL_HEADERS, "sec-fetch-site": "cross-site" }),
    NEED,
  );
  await application.ask(askingWith({ ...ALL_HEADERS, referer: "x" }), NEED);
  assertEquals(app.questions.length, questions.length);
});

Deno.test("Rights that expire are asked for again, with the same headers, for what is still needed, also where the answer was to be kept", async () => {
  let now = 1_795_000_000_000;
  using _now = stub(Date, "now", () => now);
  let answers = 0;
  await using app = fakeApplication(() =>
    Response.json(
      { subscribe: ["a"], expires: now / 1_000 + 10, n: ++answers },
      {
        headers: { "cache-control": "max-age=60" },
      },
    )
  );
  const application = client(app.url);
  const headers = new Headers(ALL_HEADERS);
  const grant = await application.ask({ ...askingWith(), headers }, NEED);
  assertEquals(grant.rights.expires, now + 10_000);
  headers.set("cookie", "other=1");
  now += 10_000;
  const again = await grant.renew!({ action: "subscribe", channels: ["a"] });
  assertEquals(again!.rights.expires, now + 10_000);
  now += 10_000;
  await again!.renew!({ action: "subscribe", channels: ["a"] });
  assertEquals(
    app.questions.map(({ target, headers }) => [target, headers]),
    [
      ["/auth?action=subscribe&channel=a&channel=b%2Fc%40%2B", PASSED],
      ["/auth?action=subscribe&channel=a", PASSED],
      ["/auth?action=subscribe&channel=a", PASSED],
    ],
  );
});

Deno.test("Rights that never expire are never asked for again", async () => {
  await using app = answering(200, { subscribe: ["a"] });
  const grant = await client(app.url).ask(askingWith(), NEED);
  assertEquals("renew" in grant, false);
});

function bound(application: HttpApplication) {
  return { ask: application.ask.bind(application) };
}
