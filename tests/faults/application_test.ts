import { assert, assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { fakeApplication } from "../support/fake_application.ts";
import { logLines } from "../support/log_lines.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { rawRequest } from "./raw_request.ts";

/** Parts of requests that no log, metric or error may show. */
const SECRETS = /s3cret|sessionid|__Host-chime=|dTpw/;

/** An application with two users, whose cookie is `sessionid=s3cret-<user>`, that can also fail. */
function site() {
  const state = { isDown: false, isLoggedOut: false, expiresInS: 0 };
  const app = fakeApplication((request) => {
    if (state.isDown) return new Response("s3cret", { status: 500 });
    const cookie = request.headers.get("cookie") ?? "";
    const user = /sessionid=s3cret-(\d+)/.exec(cookie)?.[1];
    if (!user || state.isLoggedOut) return new Response(null, { status: 302 });
    return Response.json({
      subject: user,
      subscribe: [`user.${user}`],
      publish: [`user.${user}`],
      ...state.expiresInS > 0 &&
        { expires: Date.now() / 1_000 + state.expiresInS },
    }, { headers: { "set-cookie": "sessionid=s3cret-new" } });
  });
  return Object.assign(app, { state });
}

const SAME = { "sec-fetch-site": "same-origin" };

function as(user: string, others: HeadersInit = SAME): Record<string, string> {
  return { cookie: `sessionid=s3cret-${user}`, ...others as object };
}

/** Status and body of an answer, which must hold no secret. */
async function answerOf(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  const text = await response.text();
  const shown = text + JSON.stringify([...response.headers]);
  assert(!SECRETS.test(shown), shown);
  return { response, status: response.status, text };
}

async function assertNoSecrets(server: ServerProcess): Promise<void> {
  const { text } = await answerOf(`${server.url}metrics`, {});
  assert(!SECRETS.test(text), text);
  assert(!SECRETS.test(server.log), server.log);
}

for (const workers of [1, 2]) {
  for (const listener of ["deno", "node"]) {
    const ignore = workers > 1 && Deno.build.os !== "linux";
    const start = (url: string, ...args: string[]) =>
      startServer([
        ...["--port", "0", "--workers", `${workers}`, "--listener", listener],
        ...["--auth-url", url, "--private", "user.*", "--access-log"],
        ...args,
      ]);
    const test = (name: string, fn: () => Promise<void>) =>
      Deno.test({
        name: `With --workers ${workers} and --listener ${listener} ${name}`,
        ignore,
        fn,
      });

    test("the application says who may subscribe and publish, and is asked once each time", async () => {
      await using app = site();
      await using server = await start(app.url);
      const url = `${server.url}sse/user.42`;
      await using reader = await EventReader.open(`${url},news`, {
        headers: {
          ...as("42"),
          "origin": server.url.slice(0, -1),
          "user-agent": "Browser/1",
          "x-forwarded-proto": "https",
          "x-forwarded-host": "a.test",
          "x-forwarded-for": "192.0.2.7",
          "referer": "https://a.test/",
          "last-event-id": "earliest",
          "authorization": "Bearer s3cret",
        },
      });
      assertEquals(app.questions.splice(0), [{
        method: "GET",
        target: "/auth?action=subscribe&channel=user.42",
        headers: {
          "cookie": "sessionid=s3cret-42",
          "origin": server.url.slice(0, -1),
          "user-agent": "Browser/1",
          "x-forwarded-proto": "https",
          "x-forwarded-host": "a.test",
          "x-forwarded-for": "192.0.2.7",
          "authorization": "Bearer s3cret",
        },
      }]);
      // What is kept was read before the next is published, which another worker may do.
      assertEquals((await reader.take(1))[0]!.event, "status");
      const publish = (headers: HeadersInit) =>
        answerOf(url, { method: "POST", body: "Hello", headers });
      const published = await publish(as("42"));
      assertEquals(published.status, 201);
      assertEquals(published.response.headers.get("set-cookie"), null);
      const [event] = await reader.take(1);
      assertEquals(event!.data, "Hello");
      assertEquals(
        app.questions.splice(0).map(({ target }) => target),
        ["/auth?action=publish&channel=user.42"],
      );
      for (const name of ["subscribe", "publish"]) {
        const ask = (headers: HeadersInit) =>
          name === "publish" ? publish(headers) : answerOf(url, { headers });
        const other = await ask(as("43"));
        assertEquals(other.status, 403);
        assertEquals(JSON.parse(other.text).missing, ["user.42"]);
        const nobody = await ask({});
        assertEquals(nobody.status, 401);
        assertEquals(JSON.parse(nobody.text).missing, ["user.42"]);
        assertEquals(app.questions.splice(0).length, 2);
        // Another site's page sends the cookie along.
        const foreign = await ask(as("42", {
          "sec-fetch-site": "cross-site",
          "origin": "https://evil.test",
        }));
        assertEquals(foreign.status, 401);
        assertEquals(app.questions.splice(0)[0]!.headers.cookie, undefined);
      }
      // What is public is not asked about.
      const head = await fetch(`${server.url}sse/news`, { method: "HEAD" });
      assertEquals([head.status, app.questions.length], [200, 0]);
      const isPrivate = { method: "HEAD", headers: as("43") };
      assertEquals((await fetch(url, isPrivate)).status, 403);
      await assertNoSecrets(server);
    });

    test("an application that fails is a temporary refusal, never a 403, and one line of the log", async () => {
      await using app = site();
      await using server = await start(app.url);
      app.state.isDown = true;
      const url = `${server.url}sse/user.42`;
      for (let i = 0; i < 15; i++) {
        // The connection is closed after it, which fetch takes for a failure.
        const { status, body } = await rawRequest(
          server.port,
          "GET /sse/user.42 HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n" +
            "sec-fetch-site: same-origin\r\ncookie: sessionid=s3cret-42\r\n\r\n",
        );
        assertEquals(status, 200);
        assertMatch(
          body,
          /retry:[2-4]\d{3}\n\S*event: status\ndata: {"state":"overloaded"}\n\n/,
        );
        for (const init of [{}, { method: "POST", body: "x" }]) {
          const { status, response } = await answerOf(url, {
            ...init,
            headers: as("42"),
          });
          assertEquals(status, 503);
          assertEquals(response.headers.get("retry-after"), "3");
        }
      }
      app.state.isDown = false;
      const reader = await EventReader.open(url, { headers: as("42") });
      await reader[Symbol.asyncDispose]();
      const lines = logLines(server.log).filter((line) =>
        !/^\S+ (?:listening|the workers listen|everybody|nobody)/.test(line) &&
        !line.includes(" 503 ") && !line.startsWith("access")
      ).filter((line) => /refused|application/.test(line));
      assertEquals(lines, [
        'warn the application cannot be asked: what needs its answer is refused for now reason="it answered 500"',
      ]);
      await assertNoSecrets(server);
    });

    test("the application is asked again when rights expire: the stream lives on uncut while it is allowed", async () => {
      await using app = site();
      app.state.expiresInS = 1.5;
      await using server = await start(app.url);
      const url = `${server.url}sse/user.42`;
      await using reader = await EventReader.open(url, { headers: as("42") });
      await using failing = await EventReader.open(url, { headers: as("42") });
      await until(() => app.questions.length >= 6);
      app.state.expiresInS = 0;
      const published = await answerOf(url, {
        method: "POST",
        body: "Hello",
        headers: as("42"),
      });
      assertEquals(published.status, 201);
      for (const stream of [reader, failing]) {
        const [event] = await stream.take(1);
        assertEquals(event!.data, "Hello");
      }
      const targets = new Set(app.questions.map(({ target }) => target));
      assertEquals([...targets], [
        "/auth?action=subscribe&channel=user.42",
        "/auth?action=publish&channel=user.42",
      ]);
    });

    test("a stream whose rights are not renewed ends with expired, whether refused or undecided", async () => {
      for (const isDown of [true, false]) {
        await using app = site();
        app.state.expiresInS = 2;
        await using server = await start(app.url);
        const url = `${server.url}sse/user.42`;
        await using reader = await EventReader.open(url, { headers: as("42") });
        if (isDown) app.state.isDown = true;
        else app.state.isLoggedOut = true;
        const events = await reader.rest();
        assertEquals(events.map(({ data }) => data), ['{"state":"expired"}']);
        await assertNoSecrets(server);
      }
    });

    test("a cookie carries a token where it counts, and a wrong one is a 401", async () => {
      await using server = await startServer([
        ...["--port", "0", "--workers", `${workers}`, "--listener", listener],
        ...["--auth-cookie", "__Host-chime", "--private", "user.*"],
        ...["--token", "s3cret", "--cors-origin", "https://listed.test"],
        "--access-log",
      ]);
      const ask = async (
        cookie: string,
        headers: HeadersInit,
        method = "GET",
      ) => {
        const response = await fetch(`${server.url}sse/user.42`, {
          method,
          ...method === "POST" && { body: "x" },
          headers: { cookie, ...headers as object },
        });
        await response.body?.cancel();
        return response.status;
      };
      const own = server.url.slice(0, -1);
      for (
        const [headers, get, post] of [
          [SAME, 200, 201],
          [{ origin: own }, 200, 201],
          [{ origin: own.replace("http:", "https:") }, 200, 201],
          [{ origin: "https://listed.test" }, 200, 201],
          [{}, 200, 401],
          [{ origin: "https://evil.test" }, 401, 401],
          [{ origin: own.replace(/:\d+$/, "") }, 401, 401],
          [{ origin: "null" }, 401, 401],
          [{ "sec-fetch-site": "same-site" }, 401, 401],
          [{ "sec-fetch-site": "cross-site", origin: own }, 401, 401],
          [{ "sec-fetch-site": "none" }, 401, 401],
        ] as const
      ) {
        const shown = JSON.stringify(headers);
        const cookie = "a=b; __Host-chime=s3cret; c=d";
        assertEquals(await ask(cookie, headers), get, shown);
        assertEquals(await ask(cookie, headers, "HEAD"), get, shown);
        assertEquals(await ask(cookie, headers, "POST"), post, shown);
      }
      for (
        const [cookie, status] of [
          ["__Host-chime=s3cret-wrong", 401],
          ["__Host-chime=s3cret; __Host-chime=s3cret-wrong", 401],
          ["__Host-chime=s3cret; __Host-chime=s3cret", 200],
          ['__Host-chime="s3cret"', 200],
          ["__host-chime=s3cret", 401],
          ["chime=s3cret", 401],
        ] as const
      ) {
        assertEquals(await ask(cookie, SAME), status, cookie);
      }
      // A wrong one is refused whatever else is sent, and whatever is asked for.
      const wrong = await fetch(`${server.url}sse/news`, {
        headers: {
          ...SAME,
          cookie: "__Host-chime=s3cret-wrong",
          authorization: "Bearer s3cret",
        },
      });
      assertEquals(wrong.status, 401);
      assert(!SECRETS.test(await wrong.text()));
      await assertNoSecrets(server);
    });

    test("64 questions at most are asked at once, and all that wait are answered", async () => {
      await using app = fakeApplication(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return Response.json({ subscribe: ["*"] });
      });
      await using server = await start(app.url);
      const readers = await Promise.all(
        Array.from(
          { length: 300 },
          () => EventReader.open(`${server.url}sse/user.1`),
        ),
      );
      assertEquals(app.questions.length, 300);
      assert(app.mostAtOnce <= 64, `${app.mostAtOnce}`);
      assert(app.mostAtOnce > 16, `${app.mostAtOnce}`);
      for (const reader of readers) await reader[Symbol.asyncDispose]();
    });
  }
}
