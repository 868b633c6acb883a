import { assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { ServerSentEventParseStream } from "@std/http/server-sent-event-parse-stream";
import fc from "fast-check";
import { InputError } from "../../events/input_error.ts";
import { fields } from "./arbitrary_fields.ts";
import {
  drawRetryMs,
  encodeRetry,
  encodeStatus,
  type Frame,
  FrameEncoder,
  type FrameFields,
  HEARTBEAT,
  withChannel,
} from "../../events/frame.ts";

const decoder = new TextDecoder();
const encoder = new FrameEncoder();

/** Cuts bytes at the places given, as a network may. */
function cut(bytes: Frame, places: readonly number[]): Frame[] {
  const ends = places.map((place) => place % (bytes.length + 1))
    // Deno's TextDecoder takes U+FEFF for a byte order mark at the beginning of every chunk, not just of the stream.
    .filter((end) => bytes[end] !== 0xef)
    .sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) =>
    bytes.slice(ends[i - 1] ?? 0, end)
  );
}

function parse(chunks: readonly Frame[]) {
  return Array.fromAsync(
    ReadableStream.from(chunks).pipeThrough(new ServerSentEventParseStream()),
  );
}

/** The message as any parser returns it: with LF for CR and CRLF. */
function received(message: FrameFields): FrameFields {
  return { ...message, data: message.data.replace(/\r\n|\r/g, "\n") };
}

Deno.test("FrameEncoder's frames come back the same through a parser, however they are cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fields, { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat(), { maxLength: 8 }),
    async (messages, places) => {
      const frames = await Promise.all(messages.map((m) => encoder.encode(m)));
      const bytes = new Uint8Array(await new Blob(frames).arrayBuffer());
      assertEquals<unknown>(
        await parse(cut(bytes, places)),
        messages.map(received),
      );
    },
  ));
});

Deno.test("FrameEncoder's frames come back the same through EventSource", async () => {
  const messages = fc.sample(fields, { numRuns: 50, seed: 4 })
    .map(({ data, event }) => ({ data, event, id: "7-0" }))
    .concat(
      ["", " ", "  two", "\n", "a\rb\r\nc\n", "\uFEFF", "\0", "🜛"].map((
        data,
      ) => ({ data, event: undefined, id: "8-0" })),
    );
  const frames = await Promise.all(
    messages.map((message) => encoder.encode(message)),
  );
  await using server = Deno.serve(
    { port: 0, onListen() {} },
    () =>
      new Response(ReadableStream.from(frames), {
        headers: { "content-type": "text/event-stream" },
      }),
  );

  const source = new EventSource(`http://127.0.0.1:${server.addr.port}/`);
  const heard: unknown[] = [];
  await new Promise<void>((resolve) => {
    const hear = ({ type, data, lastEventId }: MessageEvent) => {
      heard.push({ type, data, lastEventId });
      if (heard.length === messages.length) resolve();
    };
    for (const type of new Set(messages.map(({ event }) => event))) {
      source.addEventListener(type ?? "message", hear);
    }
  });
  source.close();

  assertEquals(
    heard,
    messages.map((message) => ({
      type: message.event ?? "message",
      data: received(message).data,
      lastEventId: message.id,
    })),
  );
});

Deno.test("FrameEncoder writes the space after the colon, and the fields in their order", async () => {
  const frame = await encoder.encode({
    retry: 2000,
    id: "5-0",
    data: "one\n two",
    event: "kind",
  });
  assertEquals(
    decoder.decode(frame),
    "event: kind\ndata: one\ndata:  two\nid: 5-0\nretry:2000\n\n",
  );
});

for (
  const [what, message, rule] of [
    ["a newline in the id", { data: "", id: "1\n2" }, "no newline"],
    ["a NUL in the id", { data: "", id: "1\0" }, "no NUL"],
    ["a CR in the event", { data: "", event: "a\rb" }, "no newline"],
    ["a NUL in the event", { data: "", event: "\0" }, "no NUL"],
    [
      "a lone surrogate in the data",
      { data: "\uD800" },
      "surrogate",
    ],
    [
      "a lone surrogate in the event",
      { data: "", event: "\uDC00" },
      "surrogate",
    ],
    [
      "a negative retry",
      { data: "", retry: -1 },
      "-1: retry must be a whole number",
    ],
    [
      "a retry that is no whole number",
      { data: "", retry: 1.5 },
      "1.5",
    ],
    ["a retry that is no number", { data: "", retry: NaN }, "NaN"],
  ] as const
) {
  Deno.test(`FrameEncoder refuses ${what}, and goes on`, async () => {
    await assertRejects(() => encoder.encode(message), InputError, rule);
    assertEquals(
      decoder.decode(await encoder.encode({ data: "next" })),
      "data: next\n\n",
    );
  });
}

Deno.test("FrameEncoder keeps the order of calls that overlap", async () => {
  const frames = await Promise.all(
    Array.from({ length: 100 }, (_, i) => encoder.encode({ data: `${i}` })),
  );
  assertEquals(
    frames.map((frame) => decoder.decode(frame)),
    Array.from({ length: 100 }, (_, i) => `data: ${i}\n\n`),
  );
});

Deno.test("encodeRetry makes a line that belongs to the event after it", async () => {
  const line = encodeRetry(2345);
  assertEquals(decoder.decode(line), "retry:2345\n");
  const frame = await encoder.encode({ data: "a", id: "1-0" });
  assertEquals(await parse([line, frame]), [
    { data: "a", id: "1-0", retry: 2345 },
  ]);
});

Deno.test("withChannel makes the channel the type, or its beginning", async () => {
  const plain = await encoder.encode({ data: "event: x", id: "1-0" });
  const typed = await encoder.encode({ event: "t", data: "y", id: "2-0" });
  assertEquals(
    await parse([withChannel(plain, "news"), withChannel(typed, "news")]),
    [
      { event: "news", data: "event: x", id: "1-0" },
      { event: "news#t", data: "y", id: "2-0" },
    ],
  );
});

Deno.test("encodeStatus makes an event of type status, with an id where it speaks of a place", async () => {
  assertEquals(
    await parse([
      encodeStatus({ state: "lagged", missed: 120 }),
      encodeStatus({ state: "live" }, "7-0.aaaaaa"),
    ]),
    [
      { event: "status", data: '{"state":"lagged","missed":120}' },
      { event: "status", data: '{"state":"live"}', id: "7-0.aaaaaa" },
    ],
  );
});

Deno.test("A heartbeat is no event, and gives the next one no type, though it stands in an event's place", async () => {
  assertEquals(decoder.decode(HEARTBEAT), ":\n");
  const frames = [HEARTBEAT, withChannel(HEARTBEAT, "news")];
  const events = await parse([...frames, encodeStatus({ state: "reset" })]);
  assertEquals(events.map(({ comment: _, ...event }) => event), [
    { event: "status", data: '{"state":"reset"}' },
  ]);
  assertEquals(decoder.decode(withChannel(HEARTBEAT, "news")), ":\n");
});

Deno.test("FrameEncoder writes a retry of 0, and no line for an empty type", async () => {
  const frame = await encoder.encode({ event: "", data: "x", retry: 0 });
  assertEquals(await parse([frame]), [{ data: "x", retry: 0 }]);
  assertEquals(decoder.decode(frame).includes("event"), false);
});

Deno.test("drawRetryMs() spreads the clients over two seconds", () => {
  let drawn = 0;
  using _random = stub(Math, "random", () => drawn);
  assertEquals(drawRetryMs(), 2_000);
  drawn = 0.9999;
  assertEquals(drawRetryMs(), 4_000);
});
