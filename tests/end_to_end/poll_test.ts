import { assert, assertEquals } from "@std/assert";
import { publish } from "../support/publish.ts";
import { readPolled } from "../support/polled.ts";
import { startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";

/** Publishes so many messages of so many bytes in one go. */
async function publishMany(url: string, count: number, bytes: number) {
  const line = `${JSON.stringify({ data: "x".repeat(bytes) })}\n`;
  const response = await fetch(`${url}sse/many`, {
    method: "POST",
    headers: {
      "authorization": "Bearer t",
      "content-type": "application/x-ndjson",
    },
    body: line.repeat(count),
  });
  assertEquals(response.status, 201);
  await response.body!.cancel();
}

Deno.test("Polls of several workers have what was published at once, of any length, also after kill -9", async () => {
  await using at = await sqliteFolder();
  const args = [
    ...["--port", "0", "--token", "t", "--workers", "2"],
    ...["--journal", `sqlite:${at.file}`, "--max-body", "4MiB"],
  ];
  let since = "earliest";
  {
    await using server = await startServer(args);
    for (let i = 0; i < 20; i++) {
      const { id } = await publish(server.url, "news", `${i}`);
      const { data, end } = await readPolled(
        fetch(`${server.url}sse/news?poll=1&since=${since}`),
      );
      assertEquals(data, [`${i}`]);
      assertEquals(end, {
        last: id as typeof end.last,
        more: false,
        complete: true,
      });
      since = id;
    }
    await publishMany(server.url, 500, 3_000);
    const sizes: number[] = [];
    for (let more = true, from = "earliest"; more;) {
      const path = `sse/many?poll=1&since=${from}`;
      const polled = await readPolled(fetch(`${server.url}${path}`));
      sizes.push(polled.events.length);
      assert(polled.data.every(({ length }) => length === 3_000));
      assert(polled.end.complete);
      ({ more, last: from } = polled.end);
    }
    assertEquals(sizes.length, 2);
    assertEquals(sizes[0]! + sizes[1]!, 500);
    const head = await fetch(`${server.url}sse/many?poll=1`, {
      method: "HEAD",
    });
    assertEquals([head.status, await head.text()], [200, ""]);
    await server.kill("SIGKILL");
  }
  await using server = await startServer(args);
  const { events, end } = await readPolled(
    fetch(`${server.url}sse/news?poll=1&since=${since}`),
  );
  assertEquals(events, []);
  assertEquals([end.more, end.complete], [false, true]);
});

Deno.test("GET /channels counts the streams of all workers", async () => {
  await using server = await startServer([
    ...["--port", "0", "--token", "t", "--workers", "2"],
  ]);
  const streams = await Promise.all(
    Array.from({ length: 8 }, () => fetch(`${server.url}sse/news`)),
  );
  const { id } = await publish(server.url, "news", "1");
  const response = await fetch(`${server.url}channels?channel=news`);
  assertEquals(await response.json(), {
    position: id,
    channels: [{ channel: "news", streams: 8, events: 1, first: id, last: id }],
  });
  for (const { body } of streams) await body!.cancel();
});
