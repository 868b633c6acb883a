import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";

for (
  const [what, query, data] of [
    ["an id", "?lastEventId=ID", [
      "2",
      "3",
      '{"state":"resumed","replayed":2}',
    ]],
    ["earliest", "?since=earliest", [
      "1",
      "2",
      "3",
      '{"state":"resumed","replayed":3}',
    ]],
    ["a duration", "?since=1s", ["2", "3", '{"state":"resumed","replayed":2}']],
    ["a duration longer than what is kept", "?since=2d", [
      '{"state":"reset"}',
      "1",
      "2",
      "3",
    ]],
    ["nonsense", "?lastEventId=nonsense", ['{"state":"reset"}']],
    ["latest", "?latest=1", ["3"]],
    ["since latest", "?since=latest", ["3"]],
    ["a last id of latest", "?lastEventId=latest", ["3"]],
    ["latest, whatever the other says", "?since=latest&latest=2", ["2", "3"]],
    ["an id, whatever since says", "?since=latest&lastEventId=ID", [
      "2",
      "3",
      '{"state":"resumed","replayed":2}',
    ]],
    ["latest after a reset", "?since=latest&lastEventId=nonsense", [
      '{"state":"reset"}',
      "3",
    ]],
    ["the newest two", "?latest=2", ["2", "3"]],
    ["as many as there are", "?latest=1000", ["1", "2", "3"]],
  ] as const
) {
  Deno.test(`GET /sse/{channel} can begin at ${what}`, async () => {
    await using chime = inProcess();
    await chime.publish("/sse/news", "too old");
    await chime.time.tickAsync(86_400_001);
    const answer = await chime.publish("/sse/news", "1");
    const { id } = await answer.json();
    await chime.time.tickAsync(1_000);
    for (const body of ["2", "3"]) await chime.publish("/sse/news", body);
    await chime.time.tickAsync(500);
    const stream = await chime.request(`/sse/news${query.replace("ID", id)}`);
    const events = await new EventReader(stream.body!).take(data.length);
    assertEquals(events.map(({ data }) => data), [...data]);
  });
}

Deno.test("GET /sse/{channel}?since= a moment since which nothing came has missed nothing", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/news", "1");
  await chime.time.tickAsync(120_000);
  for (const since of ["90s", "0s"]) {
    const stream = await chime.request(`/sse/news?since=${since}`);
    const [event] = await new EventReader(stream.body!).take(1);
    assertEquals(event!.data, '{"state":"resumed","replayed":0}');
  }
});

Deno.test("GET /sse/{channel}?since= of a time before Chime was started is a reset", async () => {
  await using chime = inProcess();
  await chime.time.tickAsync(60_000);
  await chime.publish("/sse/news", "1");
  const expected = {
    "90s": ['{"state":"reset"}', "1"],
    "30s": ["1", '{"state":"resumed","replayed":1}'],
  };
  for (const [since, data] of Object.entries(expected)) {
    const stream = await chime.request(`/sse/news?since=${since}`);
    const events = await new EventReader(stream.body!).take(2);
    assertEquals(events.map(({ data }) => data), data);
  }
});

Deno.test("GET /sse/{channel}?since= of a time in which nothing came resumes, and replays nothing", async () => {
  await using chime = inProcess();
  for (const body of ["1", "2"]) await chime.publish("/sse/news", body);
  await chime.time.tickAsync(120_000);
  const stream = await chime.request("/sse/news?since=90s");
  const reader = new EventReader(stream.body!);
  const [event] = await reader.take(1);
  assertEquals(event!.data, '{"state":"resumed","replayed":0}');
  await chime.publish("/sse/news", "3");
  assertEquals((await reader.take(1))[0]!.data, "3");
});

for (const latest of ["0", "1001", "-1", "1.5", "01e2", "all", ""]) {
  Deno.test(`GET /sse/{channel}?latest=${latest} is refused`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request(`/sse/news?latest=${latest}`),
      400,
      `Cannot use latest "${latest}": it must be a whole number from 1 to 1000`,
    );
  });
}

Deno.test("GET /sse/{channel}?latest=1 begins with the newest event after a reset, too", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/news", "1");
  for (const id of ["1-0", "nonsense"]) {
    const stream = await chime.request(`/sse/news?latest=1&lastEventId=${id}`);
    const events = await new EventReader(stream.body!).take(2);
    assertEquals(events.map(({ data }) => data), ['{"state":"reset"}', "1"]);
  }
});
