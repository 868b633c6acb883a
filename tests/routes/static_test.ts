import { assert, assertEquals } from "@std/assert";
import { inProcess } from "../support/in_process.ts";

for (
  const [path, type] of [
    ["/static/channels.js", "text/javascript; charset=utf-8"],
    ["/static/client.js", "text/javascript; charset=utf-8"],
    ["/static/shared.js", "text/javascript; charset=utf-8"],
    ["/static/style.css", "text/css; charset=utf-8"],
    ["/static/icon.svg", "image/svg+xml"],
  ] as const
) {
  Deno.test(`GET ${path} is sent once, then found unchanged`, async () => {
    await using chime = inProcess();
    const response = await chime.request(path);
    assertEquals(response.headers.get("content-type"), type);
    assertEquals(response.headers.get("cache-control"), "no-cache");
    assert((await response.text()).length > 100);
    const again = await chime.request(path, {
      headers: { "if-none-match": response.headers.get("etag")! },
    });
    assertEquals(again.status, 304);
    assertEquals(await again.text(), "");
  });
}

Deno.test("A 304 for an asset has its Cache-Control and ETag", async () => {
  await using chime = inProcess();
  const { headers } = await chime.request("/static/icon.svg");
  const etag = headers.get("etag")!;
  const again = await chime.request("/static/icon.svg", {
    headers: { "if-none-match": etag },
  });
  assertEquals(again.headers.get("etag"), etag);
  assertEquals(again.headers.get("cache-control"), "no-cache");
});
