import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";

for (const path of ["/sse/", "/sse/news"]) {
  for (
    const since of [
      ...["yesterday", "-5s", "5", "5S", "%205s", "+5s", "5s%20", "5.5s"],
      ...["99999999999d", "1795325031000", "Earliest", "now", "0", "s"],
      // Ids that no number can hold.
      ...["99999999999999999-0", "1-99999999999999999", "1-0-0", "-1-0"],
    ]
  ) {
    Deno.test(`GET ${path}?since=${since} is refused, whatever else says where to begin`, async () => {
      await using chime = inProcess();
      for (const query of ["", "&lastEventId=1-0&latest=1"]) {
        await assertProblem(
          await chime.request(`${path}?since=${since}${query}`),
          400,
          `Cannot begin since ${
            JSON.stringify(decodeURIComponent(since.replace("+", " ")))
          }: it must be an id, earliest, latest, or a duration such as 90s, 5m, 2h or 1d`,
        );
      }
    });
  }

  Deno.test(`GET ${path} with several since is refused`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request(`${path}?since=5s&since=5s`),
      400,
      "Cannot begin at several since: it must be one",
    );
  });

  Deno.test(`GET ${path} with an empty since begins fresh`, async () => {
    await using chime = inProcess();
    const stream = await chime.request(`${path}?since=`);
    await chime.publish("/sse/news", "1");
    const [event] = await new EventReader(stream.body!).take(1);
    assertEquals(event!.event, undefined);
  });

  for (
    const foreign of [
      ...["lastEventId=yesterday", "last_event_id=-5s", "lastEventId=x%00"],
      "last_event_id=99999999999999999-0",
    ]
  ) {
    Deno.test(`GET ${path}?${foreign} is a reset, as is the same in Last-Event-ID`, async () => {
      await using chime = inProcess();
      const [, id] = foreign.split("=");
      for (
        const response of [
          await chime.request(`${path}?${foreign}`),
          await chime.request(path, {
            headers: { "last-event-id": id!.replace("%00", "") },
          }),
        ]
      ) {
        const [event] = await new EventReader(response.body!).take(1);
        assertEquals(event!.data, '{"state":"reset"}');
      }
    });
  }
}
