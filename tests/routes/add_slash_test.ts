import { assertEquals } from "@std/assert";
import { inProcess } from "../support/in_process.ts";

Deno.test("GET /sse is redirected to /sse/ with its query", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse?tz=UTC");
  assertEquals(response.status, 308);
  assertEquals(response.headers.get("location"), "/sse/?tz=UTC");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("GET /sse is redirected with a query that no header could carry as it is", async () => {
  await using chime = inProcess();
  const response = await chime.raw("/sse?tz=日本&x=%");
  assertEquals(
    response.headers.get("location"),
    "/sse/?tz=%E6%97%A5%E6%9C%AC&x=%",
  );
});
