import { assertEquals } from "@std/assert";
import { inProcess } from "../support/in_process.ts";

Deno.test("GET /sse is redirected to /sse/ with its query", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse?tz=UTC");
  assertEquals(response.status, 308);
  assertEquals(response.headers.get("location"), "sse/?tz=UTC");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("GET /sse is redirected with a query that no header could carry as it is", async () => {
  await using chime = inProcess();
  const response = await chime.raw("/sse?tz=日本&x=%");
  assertEquals(
    response.headers.get("location"),
    "sse/?tz=%E6%97%A5%E6%9C%AC&x=%",
  );
});

Deno.test("GET /sse is redirected without a ticket, however that is spelled: a redirect is kept in places where none belongs", async () => {
  await using chime = inProcess();
  for (
    const [query, expected] of [
      ["?ticket=s3cret", ""],
      ["?ticket", ""],
      ["?tz=UTC&ticket=s3cret&a=b", "?tz=UTC&a=b"],
      ["?%74icke%54=a&%74icket=s3cret", "?%74icke%54=a"],
      ["?ticket=s3cret&&ticket=s3cret", "?"],
      ["?tickets=1&Ticket=2&a=ticket", "?tickets=1&Ticket=2&a=ticket"],
      ["?channel=a,b&x=%&ticket=%zz", "?channel=a,b&x=%"],
    ] as const
  ) {
    const response = await chime.raw(`/sse${query}`);
    assertEquals(response.status, 308);
    assertEquals(response.headers.get("location"), `sse/${expected}`);
  }
});
