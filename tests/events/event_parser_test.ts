import { assertEquals } from "@std/assert";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { encodeStatus, FrameEncoder, HEARTBEAT } from "../../events/frame.ts";
import { EventParser } from "../../events/event_parser.ts";
import { fields } from "./arbitrary_fields.ts";

const encoder = new FrameEncoder();

/** Parses the text in chunks that end at these bytes. */
function parse(bytes: Uint8Array, ends: readonly number[]) {
  const parser = new EventParser("");
  const all = [0, ...ends.toSorted((a, b) => a - b), bytes.length];
  const events = all.flatMap((end, i) =>
    parser.push(bytes.slice(all[i - 1] ?? 0, end))
  );
  return { events, lastId: parser.lastId, retryMs: parser.retryMs };
}

function parseText(text: string) {
  return parse(new TextEncoder().encode(text), []);
}

Deno.test("EventParser gives back what FrameEncoder encoded, however it is cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fields, { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat(), { maxLength: 8 }),
    async (messages, places) => {
      const frames = await Promise.all(messages.map((m) => encoder.encode(m)));
      const bytes = new Uint8Array(
        await new Blob([HEARTBEAT, ...frames]).arrayBuffer(),
      );
      const expected = {
        events: messages.map(({ event, data, id }) => ({
          type: event ?? "message",
          data: data.replace(/\r\n|\r/g, "\n"),
          ...id !== undefined && { id },
        })),
        lastId: messages.findLast(({ id }) => id !== undefined)?.id ?? "",
        retryMs: messages.findLast(({ retry }) => retry !== undefined)?.retry,
      };
      const ends = places.map((place) => place % (bytes.length + 1));
      assertEquals(parse(bytes, ends), expected);
    },
  ));
});

Deno.test("EventParser reads one event the same at every cut, and byte by byte", async () => {
  const bytes = await encoder.encode({
    // Deno's decoder drops a mark within a stream only where nothing but ASCII came before.
    event: "type",
    data: "\uFEFFone\n🜛 tÿo\n",
    id: "1795325031000-7",
    retry: 2_345,
  });
  const whole = parse(bytes, []);
  assertEquals(whole, {
    events: [{
      type: "type",
      data: "\uFEFFone\n🜛 tÿo\n",
      id: "1795325031000-7",
    }],
    lastId: "1795325031000-7",
    retryMs: 2_345,
  });
  const places = bytes.map((_, i) => i);
  for (const place of places) assertEquals(parse(bytes, [place]), whole);
  assertEquals(parse(bytes, [...places]), whole);
});

Deno.test("EventParser reads any text as eventsource-parser does, however it is cut", () => {
  const piece = fc.constantFrom(
    ...["data", "event", "id", "retry", ":", " ", "\n", "\r", "\r\n", "\n\n"],
    ...[
      "\0",
      "\uFEFF",
      "7",
      "x",
      "é",
      "🜛",
      "data:",
      "id:",
      "event:",
      "retry:7",
    ],
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (pieces, places) => {
        const text = pieces.join("");
        const bytes = new TextEncoder().encode(text);
        const expected: unknown[] = [];
        let lastId = "";
        let retryMs: number | undefined;
        const reference = createParser({
          onEvent: ({ event = "message", data, id }) =>
            expected.push({ type: event, data, ...id !== undefined && { id } }),
          onId: (id) => lastId = id,
          onRetry: (ms) => retryMs = ms,
        });
        reference.feed(text);
        // It waits for what may be the rest of a CRLF, which ends the line already.
        if (text.endsWith("\r")) reference.feed("\n");
        const ends = places.map((place) => place % (bytes.length + 1));
        assertEquals(parse(bytes, ends), { events: expected, lastId, retryMs });
      },
    ),
    { numRuns: 2_000 },
  );
});

Deno.test("EventParser yields each event with the id to resume after it", () => {
  const parser = new EventParser("0");
  const bytes = new TextEncoder().encode(
    "data: a\n\nid: 1\n\ndata: b\n\nid: 2\ndata: c\n\n",
  );
  const seen = [];
  for (const { data } of parser.read(bytes)) seen.push([data, parser.lastId]);
  assertEquals(seen, [["a", "0"], ["b", "1"], ["c", "2"]]);
});

Deno.test("EventParser takes every kind of newline, also a CRLF that is cut in two", () => {
  const stream =
    "\uFEFFid: 1\rdata: a\r\r\nevent: x\r\ndata: b\r\n\r\ndata\n\n";
  const bytes = new TextEncoder().encode(stream);
  const events = [
    { type: "message", data: "a", id: "1" },
    { type: "x", data: "b" },
    { type: "message", data: "" },
  ];
  for (let i = 0; i <= bytes.length; i++) {
    assertEquals(parse(bytes, [i]).events, events, `cut at ${i}`);
  }
});

Deno.test("EventParser ignores an event that the end cuts off, and its id", () => {
  const { events, lastId } = parseText(
    "data: a\nid: 1-0\n\ndata: b\nid: 2-0\n",
  );
  assertEquals(events.length, 1);
  assertEquals(lastId, "1-0");
});

Deno.test("EventParser leaves out what the standard does", () => {
  const { events, lastId, retryMs } = parseText(
    ": comment\n\nevent: empty\nid: 5-0\n\nid: 6\0\nretry: 1e3\ndata\n" +
      "colour: red\n data: x\ndata:  y\n\n",
  );
  // An event without data is none, but its id counts.
  assertEquals(events, [{ type: "message", data: "\n y" }]);
  assertEquals(lastId, "5-0");
  assertEquals(retryMs, undefined);
});

for (const text of ["1e3", "-5", "+5", "5.5", " 5", "5 ", "", "five", "٣"]) {
  Deno.test(`EventParser ignores "${text}" as a retry, which must be digits alone`, () => {
    assertEquals(parseText(`retry: 2000\nretry: ${text}\n`).retryMs, 2_000);
  });
}

Deno.test("EventParser takes one byte order mark at the beginning, and no other", () => {
  const mark = "\uFEFF";
  assertEquals(parseText(`${mark}data: a\n\n`).events.length, 1);
  assertEquals(parseText(`${mark}${mark}data: a\n\n`).events, []);
  assertEquals(parseText(`:\n${mark}data: a\n\n`).events, []);
});

Deno.test("EventParser tells a status event from one of a channel called status", () => {
  const status = new TextDecoder().decode(encodeStatus({ state: "reset" }));
  const { events } = parseText(
    `id: 1-0\nevent: status\ndata: x\n\n${status}`,
  );
  assertEquals(events, [
    { type: "status", data: "x", id: "1-0" },
    { type: "status", data: '{"state":"reset"}' },
  ]);
});
