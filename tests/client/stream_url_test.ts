import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { streamUrl, typeSplitter } from "../../client/stream_url.ts";
import { checkChannel } from "../../events/channel_name.ts";
import { nearName } from "../events/arbitrary_names.ts";

Deno.test("A relative URL is resolved against the page's", () => {
  Object.assign(globalThis, { document: { baseURI: "https://a.test/b/c" } });
  try {
    assertEquals(streamUrl("/sse/news").href, "https://a.test/sse/news");
    assertEquals(streamUrl("news").href, "https://a.test/b/news");
  } finally {
    Reflect.deleteProperty(globalThis, "document");
  }
});

Deno.test("Channels go into the path, as they are", () => {
  for (const base of ["http://a.test/x/sse/", "http://a.test/x/sse"]) {
    assertEquals(
      streamUrl(`${base}?latest=2`, ["user:42", "a/b", "news.*", "~+=@_-"])
        .href,
      "http://a.test/x/sse/user:42,a/b,news.*,~+=@_-?latest=2",
    );
  }
});

for (
  const [path, type, expected] of [
    ["/sse/a,b?flat=1", "x", ["", "x"]],
    ["/sse/a?flat=1", "x", ["a", "x"]],
    ["/sse/a.*?flat=1", "x", ["", "x"]],
    ["/sse/?channel=a&channel=b&format=json", "message", ["", "message"]],
    ["/sse/a,b?flat=0", "a#x", ["a", "x"]],
    ["/sse/", "message", ["", "message"]],
    ["/sse/?tz=UTC", "x", ["", "x"]],
    ["/sse/news", "a#b", ["news", "a#b"]],
    ["/under/sse/user/42", "x", ["user/42", "x"]],
    ["/sse/a/sse/b", "x", ["a/sse/b", "x"]],
    ["/sse/user%3A42", "x", ["user:42", "x"]],
    ["/sse/news,news", "x", ["news", "x"]],
    ["/sse/news,chat", "chat", ["chat", "message"]],
    ["/sse/news,chat", "chat#x", ["chat", "x"]],
    ["/sse/news.*", "news.a#x", ["news.a", "x"]],
    ["/sse/?channel=a", "x", ["a", "x"]],
    ["/sse/?channel=a&channel=b", "b#x", ["b", "x"]],
    ["/elsewhere", "x", ["", "x"]],
  ] as const
) {
  Deno.test(`On ${path} the type "${type}" is of the channel "${expected[0]}"`, () => {
    const split = typeSplitter(new URL(path, "http://chime.test"));
    assertEquals(split(type), expected);
  });
}

function isChannel(name: string): boolean {
  try {
    checkChannel(name);
    return true;
  } catch {
    return false;
  }
}

Deno.test("The client takes the names that the server takes", () => {
  fc.assert(fc.property(nearName, (name) => {
    if (!isChannel(name)) return;
    const url = streamUrl("http://a.test/sse/", [name]);
    assertEquals(typeSplitter(url)("x"), [name, "x"]);
  }));
});
