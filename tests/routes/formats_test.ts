import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";

Deno.test("GET /sse/…?flat=1 of several channels or a pattern leaves the channel out of an event's type", async () => {
  for (const path of ["/sse/a.x,b", "/sse/?channel=b&channel=a.*"]) {
    await using chime = inProcess();
    const sign = path.includes("?") ? "&" : "?";
    const stream = await chime.request(`${path}${sign}flat=1`);
    await chime.publish("/sse/a.x", "1");
    await chime.publish("/sse/b?event=t", "2");
    const events = await new EventReader(stream.body!).take(2);
    assertEquals(events.map(({ event, data }) => [event, data]), [
      [undefined, "1"],
      ["t", "2"],
    ]);
  }
});

Deno.test("GET /sse/…?format=json has the channel, the type, the id and the data as published in each event's data", async () => {
  for (const query of ["?format=json", "?format=json&flat=1"]) {
    await using chime = inProcess();
    const stream = await chime.request(`/sse/a.*,b${query}`);
    const reader = new EventReader(stream.body!, { hasLive: true });
    const data = "a\r\nb\rc";
    await chime.publish("/sse/a.x?event=t", data);
    await chime.publish("/sse/b", "");
    const [live, ...events] = await reader.take(3);
    assertEquals([live!.event, live!.data], ["status", '{"state":"live"}']);
    assertEquals(
      events.map(({ event, data, id }) => [event, JSON.parse(data!), id]),
      [
        [
          undefined,
          { channel: "a.x", type: "t", id: events[0]!.id, data },
          events[0]!.id,
        ],
        [
          undefined,
          { channel: "b", type: "message", id: events[1]!.id, data: "" },
          events[1]!.id,
        ],
      ],
    );
  }
});

Deno.test("GET /sse/?format=json names the clock's zone as its channel", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/?format=json&tz=Asia/Tokyo");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(JSON.parse(event!.data!), {
    channel: "Asia/Tokyo",
    type: "message",
    id: "1795325420000-0",
    data: "The current time is 2026-11-22 14:30:20",
  });
});

for (const path of ["/sse/", "/sse/news", "/sse/?channel=news"]) {
  for (
    const [name, value, rule] of [
      ...["", "text", "JSON", "sse", "json,flat"].map((value) =>
        ["format", value, "must be json"] as const
      ),
      ...["", "true", "2"].map((value) =>
        ["flat", value, "must be 0 or 1"] as const
      ),
    ]
  ) {
    Deno.test(`GET ${path} with ${name}=${value} is refused`, async () => {
      await using chime = inProcess();
      const sign = path.includes("?") ? "&" : "?";
      await assertProblem(
        await chime.request(`${path}${sign}${name}=${value}`),
        400,
        `Cannot use ${name} ${JSON.stringify(value)}: it ${rule}`,
      );
    });
  }
}
