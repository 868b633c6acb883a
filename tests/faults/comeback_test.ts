import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { fakeApplication } from "../support/fake_application.ts";
import { LISTENER } from "../support/listener.ts";
import { startServer } from "../support/server_process.ts";
import { within } from "../support/within.ts";

const STREAMS = 3_000;
/** How often the application answers, in ms. */
const PACE_MS = 10;
/** How long all of it may take: the application alone takes half a minute. */
const DEADLINE_MS = 120_000;

/** An open stream, once it has begun. */
type Open = ReadableStreamDefaultReader<string>;

/** Opens a stream as an `EventSource` does: refused for now, it comes back after the time that the server says. */
async function comeBack(url: string, cookie: string): Promise<Open> {
  while (true) {
    const response = await fetch(url, {
      headers: { accept: "text/event-stream", cookie },
    });
    assertEquals(response.status, 200);
    const reader = response.body!.pipeThrough(new TextDecoderStream())
      .getReader();
    const { value = "" } = await reader.read();
    const [, retryMs] = /^retry:(\d+)\n/.exec(value)!;
    if (!value.includes("overloaded")) return reader;
    // The connection may already be cut.
    await reader.cancel().catch(() => {});
    await delay(Number(retryMs));
  }
}

Deno.test(`${STREAMS} streams come back at once to an application that answers 100 a second: all end connected`, async () => {
  let nextAt = 0;
  await using app = fakeApplication(async (request) => {
    const now = performance.now();
    nextAt = Math.max(now, nextAt) + PACE_MS;
    await delay(nextAt - now);
    const user = request.headers.get("cookie");
    return Response.json({ subject: user, subscribe: ["user.*"] });
  });
  await using server = await startServer([
    ...["--port", "0", "--listener", LISTENER, "--private", "user.*"],
    ...["--auth-url", app.url, "--token", "t"],
  ]);
  const url = `${server.url}sse/user.all`;
  const readers = await within(
    Promise.all(
      Array.from({ length: STREAMS }, (_, i) => comeBack(url, `user=${i}`)),
    ),
    { deadlineMs: DEADLINE_MS, message: () => server.log },
  );
  // Each was asked about once, but for those whose answer took more than 3 s, as where other programs keep the processor.
  const { length: asked } = app.questions;
  assert(asked >= STREAMS && asked < 1.1 * STREAMS, `${asked}`);
  assert(app.mostAtOnce <= 64, `${app.mostAtOnce}`);
  const cookies = new Set(app.questions.map(({ headers }) => headers.cookie));
  assertEquals(cookies.size, STREAMS);
  // One line a minute.
  const lines = server.log.match(/the application cannot be asked/g) ?? [];
  assert(lines.length >= 1 && lines.length <= 3, server.log);

  const published = await fetch(url, {
    method: "POST",
    body: "to all",
    headers: { authorization: "Bearer t" },
  });
  assertEquals((await published.json()).clients, STREAMS);
  await within(Promise.all(readers.map(async (reader) => {
    let text = "";
    while (!text.includes("data: to all")) {
      const { value, done } = await reader.read();
      assert(!done, "a stream has ended");
      text += value;
    }
    await reader.cancel();
  })));
});
