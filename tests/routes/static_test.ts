import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { inProcess } from "../support/in_process.ts";

for (
  const [path, type] of [
    ["/client.js", "text/javascript; charset=utf-8"],
    ["/client.d.ts", "text/typescript; charset=utf-8"],
    ["/static/channels.js", "text/javascript; charset=utf-8"],
    ["/static/clock.js", "text/javascript; charset=utf-8"],
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

for (const path of ["/client.js", "/client.d.ts"]) {
  Deno.test(`${path} may be imported by any origin, also where nothing else of Chime may be used`, async () => {
    for (const corsOrigins of [[], ["https://other.test"], ["*"]]) {
      await using chime = inProcess({ corsOrigins });
      const headers = { origin: "https://page.test" };
      const response = await chime.request(path, { headers });
      const get = (name: string) => response.headers.get(name);
      assertEquals(get("access-control-allow-origin"), "*");
      assertEquals(get("access-control-allow-credentials"), null);
      assertEquals(get("cross-origin-resource-policy"), "cross-origin");
      assertEquals(get("content-security-policy"), null);
      const again = await chime.request(path, {
        headers: { ...headers, "if-none-match": get("etag")! },
      });
      assertEquals(again.status, 304);
      assertEquals(again.headers.get("access-control-allow-origin"), "*");
    }
  });
}

Deno.test("The page's own files are not for other origins", async () => {
  await using chime = inProcess({ corsOrigins: ["*"] });
  const { headers } = await chime.request("/static/clock.js", {
    headers: { origin: "https://page.test" },
  });
  assertEquals(headers.get("access-control-allow-origin"), null);
  assertEquals(headers.get("cross-origin-resource-policy"), null);
});

Deno.test("/client.js is one file, of less than 5,000 bytes compressed", async () => {
  await using chime = inProcess();
  const code = await (await chime.request("/client.js")).text();
  assert(!/\bimport\b/.test(code), "imports nothing");
  const { length } = gzipSync(code, { level: 9 });
  assert(length < 5_000, `${length} bytes`);
});
