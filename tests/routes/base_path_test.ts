import { assertEquals, assertMatch } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";

const LIVE = { basePath: "/live" };

Deno.test("--base-path: every route answers below it", async () => {
  await using chime = inProcess(LIVE);
  for (
    const path of ["/", "/healthz", "/readyz", "/metrics", "/static/style.css"]
  ) {
    const response = await chime.request(`/live${path}`);
    assertEquals(response.status, 200, path);
    await response.body?.cancel();
  }
  const stream = await chime.request("/live/sse/news");
  await using events = new EventReader(stream.body!);
  assertEquals((await chime.publish("/live/sse/news", "hello")).status, 201);
  assertEquals((await events.next())?.data, "hello");
});

for (
  const path of [
    ...["/", "/sse/", "/sse/news", "/healthz", "/static/style.css"],
    ...["/livesse/", "/live2/", "/Live/", "/x/live/"],
  ]
) {
  Deno.test(`--base-path /live: ${path} is not below it, and a 404`, async () => {
    await using chime = inProcess(LIVE);
    await assertProblem(
      await chime.request(path),
      404,
      `Cannot find "${path}": it must be below /live/`,
    );
  });
}

for (
  const path of ["/live//", "/live/sse//", "/live/../live/", "/live//sse/news"]
) {
  Deno.test(`--base-path /live: ${path} is a 400, as it can be read in two ways`, async () => {
    await using chime = inProcess(LIVE);
    const response = await chime.raw(path);
    assertEquals(response.status, 400);
    await response.body?.cancel();
  });
}

for (
  const [basePath, path, location] of [
    ["/live", "/live", "live/"],
    ["/live", "/live?tz=UTC", "live/?tz=UTC"],
    ["/live", "/live/sse", "sse/"],
    ["/a/b", "/a/b", "b/"],
  ] as const
) {
  Deno.test(`--base-path ${basePath}: ${path} is redirected to the path with a slash`, async () => {
    await using chime = inProcess({ basePath });
    const response = await chime.request(path);
    assertEquals(response.status, 308);
    assertEquals(response.headers.get("location"), location);
  });
}

Deno.test("--base-path: the page's curl lines have it, and its URLs are relative", async () => {
  await using chime = inProcess(LIVE);
  const html = await (await chime.request("/live/")).text();
  assertMatch(html, /curl -N http:\/\/chime\.test\/live\/sse\//);
  assertEquals(html.match(/(?:src|href|action)="\/[^"]*"/g), null);
});

Deno.test("--base-path: a preflight, OPTIONS * and a page of another origin do as without it", async () => {
  await using chime = inProcess({ ...LIVE, corsOrigins: ["https://a.test"] });
  assertEquals((await chime.raw("*", { method: "OPTIONS" })).status, 204);
  const headers = { origin: "https://a.test" };
  const response = await chime.request("/live/sse/", { headers });
  const allowed = response.headers.get("access-control-allow-origin");
  assertEquals(allowed, "https://a.test");
  await response.body?.cancel();
});
