import { assertEquals } from "@std/assert";
import { toEnvelope } from "../../events/envelope.ts";

Deno.test("toEnvelope writes the channel, the type, the id and the data, and nothing else", () => {
  const event = {
    channel: "a/b",
    id: "1-0",
    type: "t",
    data: 'a\r\nb\rc "é"\0',
    fields: { secret: "1" },
  } as const;
  assertEquals(
    toEnvelope(event),
    '{"channel":"a/b","type":"t","id":"1-0","data":"a\\r\\nb\\rc \\"é\\"\\u0000"}',
  );
});

Deno.test("toEnvelope calls an event without a type a message", () => {
  assertEquals(
    toEnvelope({ channel: "a", id: "1-0", data: "" }),
    '{"channel":"a","type":"message","id":"1-0","data":""}',
  );
});
