import { assertEquals } from "@std/assert";
import { assertProblem } from "./assert_problem.ts";
import { EventReader } from "./event_reader.ts";
import { inProcess } from "./in_process.ts";

for (
  const path of [
    ...["/sse/?tz=caf%E9", "/sse/news?lastEventId=%FF", "/?channels=%E9"],
    ...["/sse/news?since=%C3", "/sse/news?%E9=1", "/sse?tz=%E9", "/?tz=%80"],
  ]
) {
  Deno.test(`GET ${path} is refused, as it is no UTF-8`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request(path),
      400,
      "Cannot read the query: it must be UTF-8",
    );
  });
}

Deno.test("POST /sse/{channel} takes a lone percent sign for itself, as URLs do", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  await chime.publish("/sse/news?event=100%", "1");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.event, "100%");
});

Deno.test("POST /sse/{channel}?event= that is no UTF-8 is refused, as a body is", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.publish("/sse/news?event=caf%E9", "x"),
    400,
    "Cannot read the query: it must be UTF-8",
  );
});
