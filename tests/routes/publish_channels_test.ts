import { assertEquals } from "@std/assert";
import { parsePattern } from "../../events/pattern.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { digestOf } from "../../access/token.ts";
import { rightsOf } from "../access/grants.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess } from "../support/in_process.ts";
import { heldEvents } from "../support/read_events.ts";
import { RETENTION } from "../support/serve_options.ts";

const NDJSON = "application/x-ndjson";
const CHANNELS = ["a", "b", "c", "x+y"];

/** What the journal has of these channels: an id's channel and data. */
async function held(journal: MemoryJournal) {
  const events = await heldEvents(journal, CHANNELS);
  return new Map(events.map(({ id, channel, data }) => [id, [channel, data]]));
}

for (const path of ["/sse/b,a", "/sse/?channel=b&channel=a"]) {
  Deno.test(`POST ${path} publishes an event to each, with one append`, async () => {
    const journal = new MemoryJournal(RETENTION);
    let appends = 0;
    const { publish } = journal;
    journal.publish = (entries) => (appends++, publish.call(journal, entries));
    await using chime = inProcess({ journal });
    const response = await chime.publish(path, "x");
    assertEquals(response.status, 201);
    const { ids, ...others } = await response.json();
    assertEquals(others, { channels: ["b", "a"] });
    assertEquals(appends, 1);
    assertEquals(
      await held(journal),
      new Map([[ids[0], ["b", "x"]], [ids[1], ["a", "x"]]]),
    );
    assertEquals(chime.instance.counts().messages, 2);
  });
}

Deno.test("POST /sse/?channel= of one channel is answered as with the path", async () => {
  await using chime = inProcess();
  const response = await chime.publish("/sse/?channel=x%2By", "x");
  const { id, ...others } = await response.json();
  assertEquals([response.status, typeof id], [201, "string"]);
  assertEquals(others, { channel: "x+y", clients: 0 });
});

Deno.test("POST of NDJSON publishes each line to its channel, or to all of the request's", async () => {
  const journal = new MemoryJournal(RETENTION);
  await using chime = inProcess({ journal });
  const lines = '{"data":"1"}\n{"data":"2","channel":"c"}';
  const response = await chime.publish("/sse/a,b", lines, NDJSON);
  assertEquals(response.status, 201);
  const { ids, channels } = await response.json();
  assertEquals(channels, ["a", "b", "c"]);
  assertEquals(
    await held(journal),
    new Map([[ids[0], ["a", "1"]], [ids[1], ["b", "1"]], [ids[2], ["c", "2"]]]),
  );
});

Deno.test("POST /sse/ of NDJSON publishes where each line names its channel, and else nothing", async () => {
  await using chime = inProcess();
  const named = '{"data":"1","channel":"a"}\n{"data":"2","channel":"b"}\n';
  const response = await chime.publish("/sse/", named, NDJSON);
  assertEquals(response.status, 201);
  assertEquals((await response.json()).channels, ["a", "b"]);
  await assertProblem(
    await chime.publish("/sse/", `${named}{"data":"3"}`, NDJSON),
    400,
    "Cannot publish line 3: it must name its channel, as the request names none",
  );
  assertEquals((await heldEvents(chime.journal, CHANNELS)).length, 2);
});

Deno.test("POST to several channels needs a right for each, before anything is appended", async () => {
  const rights = rightsOf({ publish: ["a", "b"] });
  const token = { id: digestOf("own"), name: "ci", rights };
  await using chime = inProcess({
    access: { isPrivate: [parsePattern("p")], tokens: [token] },
  });
  const own = { authorization: "Bearer own" };
  const post = (path: string, body: string) =>
    chime.publish(path, body, NDJSON, own);
  const refused = (channels: string) =>
    `Cannot publish to ${channels}: the credential has no right to`;
  await assertProblem(
    await post("/sse/a,c,b,d", '{"data":""}'),
    403,
    refused('"c","d"'),
  );
  await assertProblem(
    await post("/sse/a", '{"data":""}\n{"data":"","channel":"c"}'),
    403,
    refused('"c"'),
  );
  assertEquals(await heldEvents(chime.journal, CHANNELS), []);
  const allowed = await post("/sse/a", '{"data":"","channel":"b"}');
  assertEquals(allowed.status, 201);
});

Deno.test("POST to several channels of which one cannot have so many messages appends nothing", async () => {
  await using chime = inProcess({
    journal: new MemoryJournal({ ...RETENTION, maxEvents: 2 }),
  });
  const lines = '{"data":""}\n'.repeat(2);
  const more = `${lines}{"data":"","channel":"a"}`;
  const response = await chime.publish("/sse/a,b", more, NDJSON);
  assertEquals(response.status, 413);
  assertEquals(await heldEvents(chime.journal, CHANNELS), []);
  const answer = await chime.publish("/sse/a,b", lines, NDJSON);
  assertEquals(answer.status, 201);
});

Deno.test("POST to more channels at once than a request may name is refused", async () => {
  await using chime = inProcess({ maxBodyBytes: 1_000_000 });
  const lines = Array.from(
    { length: 257 },
    (_, i) => `{"data":"","channel":"c${i}"}`,
  );
  await assertProblem(
    await chime.publish("/sse/", lines.join("\n"), NDJSON),
    400,
    "Cannot publish to 257 channels at once: lines must name 256 at most",
  );
  const most = await chime.publish("/sse/", lines.slice(1).join("\n"), NDJSON);
  assertEquals(most.status, 201);
});

Deno.test("POST of what several channels together cannot take is a 413", async () => {
  await using chime = inProcess({ maxBodyBytes: 1_000_000 });
  const names = Array.from({ length: 256 }, (_, i) => `c${i}`);
  await assertProblem(
    await chime.publish(`/sse/${names}`, "x".repeat(262_000)),
    413,
    "Cannot publish this body to 256 channels: with 256 bytes for each message, their copies must have 67108864 bytes together at most",
  );
  assertEquals(chime.instance.counts().messages, 0);
});
