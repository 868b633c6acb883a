import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../events/input_error.ts";
import {
  channelPath,
  readChannels,
} from "../../islands/channels/channel_names.ts";
import type { ChannelsProps } from "../../islands/channels/channels.tsx";
import { page } from "../../routes/page.tsx";
import { readTarget } from "../../routes/target.ts";
import { inProcess } from "../support/in_process.ts";

async function get(query = "") {
  const request = new Request(`http://chime.test:8000/${query}`);
  const response = page({ heartbeatS: 8 })(request, readTarget(request));
  const html = await response.text();
  const unescape = (text: string) =>
    text.replaceAll("&quot;", '"').replaceAll("&lt;", "<")
      .replaceAll("&amp;", "&");
  return {
    status: response.status,
    html,
    text: unescape(html.replaceAll(/<[^>]+>/g, "")),
    /** The tag that has this attribute. */
    tag: (attribute: string) =>
      html.match(new RegExp(`<[a-z]+ [^>]*${attribute}[^>]*>`))?.[0] ?? "",
    lines: [...html.matchAll(/<pre><code>(.*?)<\/code>/g)]
      .map(([, line]) => unescape(line!)),
    props: (): ChannelsProps => {
      const [, json] = html.match(/id="channels" data-props="([^"]*)"/)!;
      return JSON.parse(unescape(json!));
    },
  };
}

Deno.test("page() shows the channel news, and how to use it in a terminal", async () => {
  const { status, tag, lines } = await get();
  assertEquals(status, 200);
  const field = tag('id="channels-field"');
  assert(field.includes(' value="news"'), field);
  assert(!field.includes(" autofocus"), field);
  assertEquals(lines.slice(1), [
    "curl -N http://chime.test:8000/sse/news",
    "curl -H 'Authorization: Bearer <token>' -d 'Hello' http://chime.test:8000/sse/news",
  ]);
});

Deno.test("page() shows the channels that its address names", async () => {
  const { status, tag, lines, props } = await get("?channels=chat,%20a.b,chat");
  assertEquals(status, 200);
  assert(tag('id="channels-field"').includes(' value="chat, a.b"'));
  assertEquals(lines.slice(1), [
    "curl -N http://chime.test:8000/sse/chat,a.b",
    "curl -H 'Authorization: Bearer <token>' -d 'Hello' http://chime.test:8000/sse/chat",
  ]);
  assertEquals(props(), {
    view: {
      connection: "loaded",
      note: "",
      channels: ["chat", "a.b"],
      lastId: "",
    },
    text: "chat, a.b",
    refusal: "",
    base: "http://chime.test:8000/",
    tz: "",
    heartbeatMs: 8_000,
  });
});

Deno.test("page() takes patterns, and publishes to a channel", async () => {
  for (
    const [channels, channel] of [
      ["news.*", "news.example"],
      ["*", "example"],
      ["news.*,chat", "chat"],
    ]
  ) {
    const { status, lines, tag, html } = await get(`?channels=${channels}`);
    assertEquals(status, 200);
    assertEquals(lines.slice(1), [
      `curl -N 'http://chime.test:8000/sse/${channels}'`,
      `curl -H 'Authorization: Bearer <token>' -d 'Hello' http://chime.test:8000/sse/${channel}`,
    ]);
    assert(tag('id="channel"').includes(` value="${channel}"`));
    assertEquals(html.includes('<option value="news.*"'), false);
  }
});

Deno.test("page() keeps each form's choice in the other", async () => {
  const { html, tag } = await get("?tz=Asia/Tokyo&channels=chat");
  assertEquals(
    tag('type="hidden" name="tz"'),
    '<input type="hidden" name="tz" value="Asia/Tokyo"/>',
  );
  assertEquals(
    tag('type="hidden" name="channels"'),
    '<input type="hidden" name="channels" value="chat"/>',
  );
  assert(!(await get()).html.includes('type="hidden"'));
  assert(html.includes("<title>Time in Asia/Tokyo · Chime</title>"));
});

Deno.test("page() says at the field why a name is none, with 400 and the channel news", async () => {
  const { status, text, tag, lines } = await get("?channels=news,a%20b");
  assertEquals(status, 400);
  const rule = 'Cannot use channel "a b": a name must be 1 to 256 of A-Z';
  assert(text.includes(rule), text);
  const field = tag('id="channels-field"');
  assert(field.includes(' value="news,a b"'), field);
  assert(field.includes('aria-invalid="true"'), field);
  assert(field.includes(" autofocus"), field);
  assert(field.includes('aria-describedby="channels-fault"'), field);
  assertEquals(lines[1], "curl -N http://chime.test:8000/sse/news");
});

Deno.test("page() shows hostile channels as the text that they are", async () => {
  const hostile = `"><script>alert(1)</script>`;
  const { status, html } = await get(
    `?channels=${encodeURIComponent(hostile)}`,
  );
  assertEquals(status, 400);
  assert(!html.includes("<script>alert"));
});

Deno.test("page() has nothing that would put the token into an address", async () => {
  const { tag, html } = await get();
  const token = tag('id="token"');
  assert(token.includes('type="password"'), token);
  assert(token.includes('autocomplete="off"'), token);
  assert(!token.includes("name="), token);
  assert(tag('class="publish"').includes('method="post"'));
  assert(html.includes('<button type="submit" disabled>Publish'));
});

Deno.test("readChannels() takes names with any spaces, each once", () => {
  assertEquals(readChannels(" news,chat , news,,"), ["news", "chat"]);
  assertEquals(channelPath("news", "chat"), "sse/news,chat");
});

Deno.test("readChannels() refuses what the server refuses, in its words", async () => {
  await using chime = inProcess();
  const many = (n: number) =>
    Array.from({ length: n }, (_, i) => `c${i}`).join();
  for (const text of ["a b", "x".repeat(257), "ü", many(257)]) {
    const path = `/sse/${encodeURIComponent(text).replaceAll("%2C", ",")}`;
    const response = await chime.request(path);
    assertEquals(response.status, 400);
    const { detail } = await response.json();
    assertThrows(() => readChannels(text), Error, detail);
  }
  assertThrows(
    () => readChannels(" ,"),
    InputError,
    "Type at least one channel",
  );
  assertEquals(readChannels(many(256)).length, 256);
});
