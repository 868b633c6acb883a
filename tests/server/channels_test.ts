import { assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";

Deno.test("The server carries the channels and patterns that a path or a query names, and JSON as published", async () => {
  await using server = await startServer([
    ...["--port", "0", "--token", "t", "--private", "vip.*"],
  ]);
  const names = Array.from({ length: 254 }, (_, i) => `&channel=c${i}`);
  const paths = ["a.*,b+c", "%61.*,b%2Bc", "?channel=a.*&channel=b%2Bc"]
    .flatMap((path) =>
      path.startsWith("?") ? [path, path + names.join("")] : path
    );
  const readers = await Promise.all(
    paths.map((path) => EventReader.open(`${server.url}sse/${path}`)),
  );
  const json = await EventReader.open(`${server.url}sse/a.*?format=json`);
  const data = "1\r\n2\r3";
  assertEquals((await publish(server.url, "a.x", data)).clients, 5);
  await publish(server.url, "b+c", "4");
  for (const reader of readers) {
    const events = await reader.take(2);
    assertEquals(events.map(({ event, data }) => [event, data]), [
      ["a.x", "1\n2\n3"],
      ["b+c", "4"],
    ]);
    await reader[Symbol.asyncDispose]();
  }
  const [event] = await json.take(1);
  assertEquals(JSON.parse(event!.data!).data, data);
  await json[Symbol.asyncDispose]();
  for (const path of ["*", "%2A", "?channel=*", "?channel=vip.1"]) {
    const response = await fetch(`${server.url}sse/${path}`);
    assertEquals(response.status, 401, path);
    await response.body?.cancel();
  }
});
