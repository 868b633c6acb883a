import { assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";

for (const workers of [1, 2]) {
  Deno.test(`--base-path: Chime prints its URL with the path, and answers there alone, with ${workers} worker(s)`, async () => {
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--workers", `${workers}`],
      ...["--base-path", "/live/"],
    ]);
    assertMatch(server.url, /^http:\/\/127\.0\.0\.1:\d+\/live\/$/);
    // Relative to the slash that is missing.
    const page = await fetch(server.url.slice(0, -1));
    assertEquals(page.url, server.url);
    assertMatch(await page.text(), new RegExp(`curl -N ${server.url}sse/news`));
    await using events = await EventReader.open(`${server.url}sse/news`);
    await publish(server.url, "news", "hello");
    assertEquals((await events.next())?.data, "hello");
    const other = await fetch(new URL("/healthz", server.url));
    assertEquals(other.status, 404);
    await other.body?.cancel();
  });
}
