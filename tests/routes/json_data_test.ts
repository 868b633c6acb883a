import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess } from "../support/in_process.ts";
import { heldEvents } from "../support/read_events.ts";

const NDJSON = "application/x-ndjson";

/** What a body publishes to the channel `a`: types and data. */
async function published(body: string, query = "", type = NDJSON) {
  await using chime = inProcess();
  const response = await chime.publish(`/sse/a${query}`, body, type);
  assertEquals(response.status, 201, await response.text());
  const events = await heldEvents(chime.journal, ["a"]);
  return events.map(({ type, data }) => [type, data]);
}

Deno.test("POST /sse/{channel} of NDJSON keeps data that is no text as it is written", async () => {
  const texts = [
    ...["1.0", "12345678901234567890", "-0", "true", "null", "{}"],
    '{"b": 1,\t"a":[ "}\\"",{}],"a":1e2}',
    '[1,\r2,"\\ud800\\u0041"]',
  ];
  const body = texts.map((text) => `{"data": ${text} ,"event":"x"}`);
  assertEquals(
    await published(body.join("\n")),
    texts.map((text) => ["x", text]),
  );
});

Deno.test("POST /sse/{channel} of NDJSON takes the text of a string, and the last of two data", async () => {
  assertEquals(
    await published(
      '{"data":"\\u0041"}\n{"data":"{}","data":[1.0]}\r\n{"data":1,"data":"x"}',
    ),
    [[undefined, "A"], [undefined, "[1.0]"], [undefined, "x"]],
  );
});

Deno.test("POST /sse/{channel} takes type for event, in a line and in the query", async () => {
  assertEquals(await published('{"data":"1","type":"t"}\n{"data":"2"}'), [
    ["t", "1"],
    [undefined, "2"],
  ]);
  assertEquals(await published('{"data":"1"}', "?type=q"), [["q", "1"]]);
});

for (const type of [NDJSON, "application/x-www-form-urlencoded"]) {
  Deno.test(`POST /sse/{channel}?lines=json of ${type} publishes each line as it is`, async () => {
    assertEquals(
      await published(
        '{"data":"x","any":1.0}\n"text"\r\n \t[1, 2] \n7',
        "?lines=json&event=t",
        type,
      ),
      ['{"data":"x","any":1.0}', '"text"', "[1, 2]", "7"]
        .map((line) => ["t", line]),
    );
  });
}

for (const line of ["{data", "", "\uFEFF1", "1 2"]) {
  Deno.test(`POST /sse/{channel}?lines=json with the line ${JSON.stringify(line)} is refused as a whole`, async () => {
    await using chime = inProcess();
    const response = await chime.publish(
      "/sse/a?lines=json",
      `1\n${line}\n2`,
      NDJSON,
    );
    assertEquals(response.status, 400);
    const { detail } = await response.json();
    assertEquals(detail.startsWith("Cannot publish line 2: "), true, detail);
    assertEquals(await heldEvents(chime.journal, ["a"]), []);
  });
}

Deno.test("POST /sse/?lines=json is refused, as its lines name no channel", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.publish("/sse/?lines=json", '{"channel":"a"}', NDJSON),
    400,
    "Cannot publish without a channel: the path or the query must name one",
  );
});
