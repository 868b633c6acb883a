import { assertEquals, assertMatch } from "@std/assert";
import { UnavailableError } from "../../journal/history.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";

Deno.test("POST /sse/{channel} publishes the body, and says where it went", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  const response = await chime.publish("/sse/news", "one\n two");
  assertEquals(response.status, 201);
  const { id, ...rest } = await response.json();
  assertMatch(id, /^1795325420400-1\.[0-9A-Za-z]{6}$/);
  assertEquals(rest, { channel: "news", clients: 1 });
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals([event!.event, event!.data, event!.id], [
    undefined,
    "one\n two",
    id,
  ]);
});

Deno.test("POST /sse/{channel}?event= gives the event its type", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  await chime.publish("/sse/news?event=weather%20report", "rain");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.event, "weather report");
});

Deno.test("POST /sse/{channel} takes an empty body, and one that begins with a byte order mark", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  await chime.publish("/sse/news", "");
  await chime.publish("/sse/news", "\uFEFFx");
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ data }) => data), ["", "\uFEFFx"]);
});

Deno.test("POST /sse/{channel} takes a name and a type of 99 characters", async () => {
  await using chime = inProcess();
  const long = "x".repeat(99);
  const response = await chime.publish(`/sse/${long}?event=${long}`, "x");
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("cache-control"), "no-store");
});

Deno.test("POST /sse/{channel} while the journal is away is a 503, and nothing is delivered", async () => {
  const journal = new MemoryJournal({
    maxEvents: 9,
    maxAgeMs: 9_000,
    maxBytes: 128 * 1024 ** 2,
  });
  const { publish } = journal;
  await using chime = inProcess({ journal });
  const stream = await chime.request("/sse/news");
  journal.publish = () => Promise.reject(new UnavailableError("It is away"));
  const response = await chime.publish("/sse/news", "lost");
  assertEquals(response.headers.get("retry-after"), "1");
  await assertProblem(response, 503, "It is away");
  journal.publish = publish;
  await chime.publish("/sse/news", "kept");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.data, "kept");
});
