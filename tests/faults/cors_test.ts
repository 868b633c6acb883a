import { assertEquals } from "@std/assert";
import { startServer } from "../support/server_process.ts";

const ORIGINS = [
  ...["https://a.test", "https://*.b.test", "capacitor://localhost"],
  "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
];

for (const workers of [1, 2]) {
  Deno.test(`Pages and apps of other origins are allowed by name or not at all, with ${workers} workers`, async () => {
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--workers", `${workers}`],
      ...ORIGINS.flatMap((origin) => ["--cors-origin", origin]),
    ]);
    const ask = async (
      origin: string,
      init: RequestInit,
      path = "sse/news",
    ) => {
      const response = await fetch(`${server.url}${path}`, {
        ...init,
        headers: { ...init.headers as Record<string, string>, origin },
      });
      await response.body?.cancel();
      return response;
    };
    const preflight = {
      method: "OPTIONS",
      headers: {
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization,cache-control",
      },
    };
    for (
      const origin of ORIGINS.map((origin) => origin.replace("*", "x.y"))
    ) {
      const { status, headers } = await ask(origin, preflight);
      assertEquals(status, 204);
      assertEquals(headers.get("access-control-allow-origin"), origin);
      assertEquals(headers.get("access-control-allow-credentials"), "true");
      assertEquals(headers.get("access-control-allow-methods"), "PUT");
      assertEquals(
        headers.get("access-control-allow-headers"),
        "authorization,cache-control",
      );
    }
    for (
      const [status, init, path] of [
        [200, {}, "sse/"],
        [400, {}, "sse/a%2fb"],
        [401, { method: "POST", body: "x" }, "sse/news"],
        [404, { headers: { "accept-encoding": "gzip" } }, "nowhere"],
      ] as const
    ) {
      const response = await ask("https://x.b.test", init, path);
      assertEquals(response.status, status);
      assertEquals(
        response.headers.get("access-control-allow-origin"),
        "https://x.b.test",
      );
      // Deno may add a header about compression.
      assertEquals(response.headers.get("vary")?.includes("origin"), true);
    }
    for (const origin of ["https://b.test", "null", "http://a.test"]) {
      const { headers } = await ask(origin, preflight);
      assertEquals(headers.get("access-control-allow-origin"), null, origin);
    }
  });
}
