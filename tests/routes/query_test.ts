import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";

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

const RULE = "it must be event, type, channel or lines";

Deno.test("POST /sse/{channel} takes a lone percent sign for itself, as URLs do", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  await chime.publish("/sse/news?event=100%", "1");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.event, "100%");
});

for (
  const [query, fault] of [
    ["key=x", `the parameter "key": ${RULE}`],
    ["event=x&Event=y", `the parameter "Event": ${RULE}`],
    ["=x", `the parameter "": ${RULE}`],
    ["event=x&latest=1", `the parameter "latest": ${RULE}`],
    ["event=x&type=x", "several event parameters: a message has one type"],
    ["event=x&event=x", "several event parameters: a message has one type"],
  ] as const
) {
  Deno.test(`POST /sse/{channel}?${query} is refused with the parameter`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.publish(`/sse/news?${query}`, "x"),
      400,
      `Cannot publish with ${fault}`,
    );
  });
}

Deno.test("POST /sse/{channel}?event= that is no UTF-8 is refused, as a body is", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.publish("/sse/news?event=caf%E9", "x"),
    400,
    "Cannot read the query: it must be UTF-8",
  );
});
