import { assertEquals, assertStrictEquals } from "@std/assert";
import { toChunk } from "../../server/http_chunk.ts";

Deno.test("toChunk frames bytes with their length in hex, once for the same bytes", () => {
  const bytes = new TextEncoder().encode("data: 0123456789\n\n");
  const chunk = toChunk(bytes);
  assertEquals(`${chunk}`, "12\r\ndata: 0123456789\n\n\r\n");
  assertStrictEquals(toChunk(bytes), chunk);
  assertEquals(toChunk(bytes.slice()) === chunk, false);
});
