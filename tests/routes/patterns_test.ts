import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";

Deno.test("GET /sse/{pattern} carries what the pattern covers, with the channel in the type, and counts as a client there", async () => {
  for (const path of ["/sse/user/42/*", "/sse/?channel=user/*", "/sse/*"]) {
    await using chime = inProcess();
    const stream = await chime.request(path);
    const answer = await chime.publish("/sse/user/42/mail?event=t", "1");
    assertEquals((await answer.json()).clients, 1);
    await chime.publish("/sse/user/42/mail", "2");
    const events = await new EventReader(stream.body!).take(2);
    assertEquals(events.map(({ event, data }) => [event, data]), [
      ["user/42/mail#t", "1"],
      ["user/42/mail", "2"],
    ]);
  }
});

Deno.test("GET /sse/{pattern} replays what the pattern covers, and brings the newest of each channel", async () => {
  await using chime = inProcess();
  const answer = await chime.publish("/sse/a.x", "1");
  const { id } = await answer.json();
  for (const [path, data] of [["a.x", "2"], ["b", "3"], ["a.y", "4"]]) {
    await chime.publish(`/sse/${path}`, data!);
  }
  for (
    const [query, wanted] of [
      [`since=${id}`, [
        "a.x 2",
        "a.y 4",
        'status {"state":"resumed","replayed":2}',
      ]],
      ["since=earliest", ["a.x 1", "a.x 2", "a.y 4"]],
      ["latest=1", ["a.x 2", "a.y 4"]],
    ] as const
  ) {
    const stream = await chime.request(`/sse/?channel=a.*&${query}`);
    const events = await new EventReader(stream.body!).take(wanted.length);
    assertEquals(events.map(({ event, data }) => `${event} ${data}`), [
      ...wanted,
    ]);
  }
});

Deno.test("POST /sse/{pattern} is refused", async () => {
  await using chime = inProcess();
  for (const pattern of ["*", "news.*"]) {
    await assertProblem(
      await chime.publish(`/sse/${pattern}`, "x"),
      400,
      `Cannot use channel "${pattern}": a name must be 1 to 256 of A-Z a-z 0-9 . _ - : @ + ~ = /`,
    );
  }
});

Deno.test("Patterns that nobody listens to any longer take no memory in the hub", async () => {
  await using chime = inProcess();
  for (const path of ["/sse/*", "/sse/a.*,a.b,c?format=json"]) {
    const stream = await chime.request(path);
    await stream.body!.cancel();
  }
  assertEquals(chime.instance.hub.channels, []);
});
