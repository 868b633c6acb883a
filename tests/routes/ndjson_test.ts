import { assertEquals } from "@std/assert";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";
import { latestEvents } from "../support/read_events.ts";

const NDJSON = "application/x-ndjson";

Deno.test("POST /sse/{channel} of NDJSON publishes a message a line", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  const response = await chime.publish(
    "/sse/news?event=default",
    '{"data":"1"}\n{"data":"2","event":"own"}\n',
    `${NDJSON}; charset=utf-8`,
  );
  assertEquals(response.status, 201);
  const { ids, ...rest } = await response.json();
  assertEquals(rest, { channel: "news", clients: 1 });
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event, data, id }) => [event, data, id]), [
    ["default", "1", ids[0]],
    ["own", "2", ids[1]],
  ]);
});

Deno.test("POST /sse/{channel} of NDJSON takes a last line without its newline, and the type in any case", async () => {
  await using chime = inProcess();
  const body = '{"data":"1"}\n{"data":"2"}';
  const response = await chime.publish("/sse/a", body, "Application/X-NDJSON");
  assertEquals((await response.json()).ids?.length, 2);
});

for (
  const [what, line, rule] of [
    ["is no JSON", "{data", `Expected property name`],
    ["is null", "null", "a line must be a JSON object"],
    ["has no data", '{"event":"x"}', "it must have data"],
    [
      "has a type that is no text",
      '{"data":"","event":7}',
      "event must be a string",
    ],
    [
      "has a lone surrogate",
      '{"data":"\\ud800"}',
      "data must be without a lone surrogate",
    ],
    [
      "has a type of two lines",
      '{"data":"","event":"a\\nb"}',
      "a type must hold no newline",
    ],
    [
      "has a type by both names",
      '{"data":"","event":"x","type":"x"}',
      "it must have event or type, not both",
    ],
    [
      "has a type that is null",
      '{"data":"","type":null}',
      "type must be a string",
    ],
    [
      "has a channel that is no text",
      '{"data":"","channel":["a"]}',
      "channel must be a string",
    ],
    [
      "has a channel with a comma",
      '{"data":"","channel":"a,b"}',
      'Cannot use channel "a,b": a name must be',
    ],
    [
      "has a key that is no text",
      '{"data":"","key":7}',
      "key must be a string",
    ],
    [
      "has an empty key",
      '{"data":"","key":""}',
      'Cannot use key "": it must be 1 to 128 printable ASCII characters',
    ],
    ["is empty", "", "Unexpected end"],
    ["is a list", '["x"]', "a line must be a JSON object"],
    ...["evnt", "channels", "id", "retry", "Data", "", "__proto__"]
      .map((name) =>
        [
          `has a member ${JSON.stringify(name)}`,
          `{"data":"x",${JSON.stringify(name)}:"y"}`,
          `no member may be named ${
            JSON.stringify(name)
          }: each must be data, event, type, channel or key`,
        ] as const
      ),
    [
      "names its data otherwise",
      '{"text":"x"}',
      'no member may be named "text"',
    ],
  ] as const
) {
  Deno.test(`POST /sse/{channel} of NDJSON with a line that ${what} is refused as a whole`, async () => {
    await using chime = inProcess();
    const body = `{"data":"fine"}\n${line}\n{"data":"fine"}`;
    const response = await chime.publish("/sse/news", body, NDJSON);
    assertEquals(response.status, 400);
    const { detail } = await response.json();
    assertEquals(detail.startsWith("Cannot publish line 2: "), true, detail);
    assertEquals(detail.includes(rule), true, detail);
    const { journal } = chime;
    const latest = await latestEvents(journal, ["news"], `${Date.now()}-99`);
    assertEquals(latest, []);
  });
}

Deno.test("POST /sse/{channel} of more messages than are kept is a 413 that names both numbers, and delivers none", async () => {
  await using chime = inProcess({
    journal: new MemoryJournal({
      maxEvents: 5,
      maxAgeMs: 86_400_000,
      maxBytes: 128 * 1024 ** 2,
    }),
  });
  const lines = (count: number) => '{"data":"x"}\n'.repeat(count);
  await assertProblem(
    await chime.publish("/sse/a", lines(6), NDJSON),
    413,
    "Cannot publish 6 messages at once: the journal keeps 5 of each channel (--retain-events)",
  );
  const answer = await chime.publish("/sse/a", lines(5), NDJSON);
  assertEquals(answer.status, 201);
  const { ids } = await answer.json();
  const { journal } = chime;
  const kept = await latestEvents(journal, ["a"], ids[4], 10);
  assertEquals(kept.map(({ id }) => id), ids);
});

Deno.test("POST /sse/{channel} of NDJSON with an empty line at its end is refused as a whole", async () => {
  await using chime = inProcess();
  const response = await chime.publish("/sse/a", '{"data":"1"}\n\n', NDJSON);
  assertEquals(response.status, 400);
  const { detail } = await response.json();
  assertEquals(detail.startsWith("Cannot publish line 2: "), true, detail);
});

Deno.test("Chime counts every message of an NDJSON body", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/a", '{"data":"1"}\n{"data":"2"}\n', NDJSON);
  await chime.publish("/sse/a", "3");
  assertEquals(chime.instance.counts().messages, 3);
});
