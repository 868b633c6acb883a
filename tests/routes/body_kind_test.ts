import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess, TOKEN } from "../support/in_process.ts";

const LINES = '{"data":"1"}\n{"data":"2"}\n';

/** Publishes two lines with these headers, and returns the response and the published events. */
async function post(headers: Record<string, string>) {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  const response = await chime.request("/sse/news", {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${TOKEN}` },
    // Bytes, as a text would get a Content-Type of its own.
    body: new TextEncoder().encode(LINES),
  });
  await chime.publish("/sse/news", "end");
  const published: string[] = [];
  const reader = new EventReader(stream.body!);
  while (published.at(-1) !== "end") {
    published.push((await reader.take(1))[0]!.data!);
  }
  return { response, published: published.slice(0, -1) };
}

for (
  const type of [
    ...["application/x-ndjson", "application/ndjson", "application/jsonl"],
    ...["application/x-jsonlines", "application/jsonlines", "text/ndjson"],
    ...["Application/NDJSON", "application/jsonl; charset=utf-8"],
    ...["application/ldjson", "application/x-ldjson", "application/nd-json"],
    ...["application/json-lines", "application/x-json-stream", "text/x-jsonl"],
    ...["application/stream+json", "application/vnd.a+ndjson", "text/a+jsonl"],
    ...["application/vnd.elasticsearch+x-ndjson;compatible-with=8"],
    ...['application/x-jsonlines ;Charset="UTF-8"; profile=x'],
  ]
) {
  Deno.test(`POST /sse/{channel} of ${type} publishes a message a line`, async () => {
    const { response, published } = await post({ "content-type": type });
    assertEquals(response.status, 201);
    assertEquals(published, ["1", "2"]);
  });
}

for (
  const headers of [
    {},
    { "content-type": "text/plain;charset=UTF-8" },
    { "content-type": 'text/plain; charset="utf8"' },
    { "content-type": "application/x-www-form-urlencoded" },
    { "content-type": "application/json" },
    { "content-type": "application/ld+json" },
    { "content-type": "application/cloudevents+json" },
    { "content-type": 'text/plain; boundary="; charset=latin1"' },
    { "content-encoding": "identity" },
    { "content-encoding": "Identity, identity" },
    { "content-encoding": "" },
  ]
) {
  Deno.test(`POST /sse/{channel} with ${JSON.stringify(headers)} publishes the body as it is`, async () => {
    const { response, published } = await post(
      headers as Record<string, string>,
    );
    assertEquals(response.status, 201);
    assertEquals(published, [LINES]);
  });
}

for (
  const [name, value, rule] of [
    ...[
      "gzip",
      "br",
      "deflate, identity",
      "identity, gzip",
      "GZIP",
      "utf-8",
      "x",
    ]
      .map((coding) =>
        ["Content-Encoding", coding, "be identity, or absent"] as const
      ),
    ...[
      "multipart/form-data; boundary=x",
      "Multipart/Mixed",
      "application/json-seq",
      "application/geo+json-seq",
    ]
      .map((type) =>
        ["Content-Type", type, "be text, or NDJSON for many messages"] as const
      ),
    ...[
      "text/plain; charset=iso-8859-1",
      "application/x-ndjson;charset=UTF-16",
      "text/plain; charset=us-ascii",
      "text/plain; CHARSET=nonsense",
    ].map((type) => ["Content-Type", type, "be UTF-8"] as const),
    ...["application/x-ndjson, application/x-ndjson", "text", "a/b/c"]
      .map((type) => ["Content-Type", type, "be one media type"] as const),
  ]
) {
  Deno.test(`POST /sse/{channel} with ${name} ${value} is a 415, and publishes nothing`, async () => {
    const { response, published } = await post({ [name]: value });
    assertEquals(
      response.headers.get("accept-encoding"),
      name === "Content-Encoding" ? "identity" : null,
    );
    await assertProblem(
      response,
      415,
      `Cannot take a body with ${name} ${
        JSON.stringify(value)
      }: it must ${rule}`,
    );
    assertEquals(published, []);
  });
}
