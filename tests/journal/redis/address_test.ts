import { assertEquals, assertThrows } from "@std/assert";
import { parseRedisUrl } from "../../../journal/redis/address.ts";

Deno.test("parseRedisUrl() reads every part, decoded, and an IPv6 address without its brackets", () => {
  assertEquals(parseRedisUrl("rediss://u%40x:p%3Aw@[::1]:6380/999999999"), {
    host: "::1",
    port: 6_380,
    isSecure: true,
    username: "u@x",
    password: "p:w",
    database: 999_999_999,
  });
  assertEquals(parseRedisUrl("redis://h"), {
    host: "h",
    port: 6_379,
    isSecure: false,
    database: 0,
  });
});

for (
  const [url, rule] of [
    ["redis://h/0#x", "no query and no fragment"],
    ["redis://h/0?x", "no query and no fragment"],
    ["redis://h/1234567890", "no path but the number of a database"],
    ["redis://h/0/1", "no path but the number of a database"],
    ["redis:///0", "name a host"],
    ["http://h", "begin with redis:// or rediss://"],
    ["redis://:%E9@h", "percent-encoded UTF-8"],
  ] as const
) {
  Deno.test(`parseRedisUrl() refuses ${url}`, () => {
    assertThrows(() => parseRedisUrl(url), SyntaxError, rule);
  });
}
