import { assertEquals } from "@std/assert";
import { MAX_POLL_EVENTS, PollLines } from "../../hub/poll_lines.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("PollLines goes on after a note, which has no line", () => {
  const lines = new PollLines();
  assertEquals(lines.last, undefined);
  assertEquals(
    lines.add([
      { channel: "a", data: "1", id: "1-0" },
      { channel: "a", note: "x", payload: "", id: "2-0" },
    ]),
    true,
  );
  assertEquals(lines.last, "2-0");
  assertEquals(
    text(lines.take()),
    '{"channel":"a","type":"message","id":"1-0","data":"1"}\n',
  );
  assertEquals(text(lines.take()), "");
});

Deno.test("PollLines takes no more events than a poll brings, and notes besides", () => {
  const lines = new PollLines();
  const events = Array.from(
    { length: MAX_POLL_EVENTS },
    (_, i) => ({ channel: "a", data: "", id: `1-${i}` as const }),
  );
  assertEquals(lines.add(events), true);
  assertEquals(lines.add([{ note: "x", payload: "", id: "2-0" }]), true);
  assertEquals(lines.add([{ channel: "a", data: "", id: "3-0" }]), false);
  assertEquals(lines.last, "2-0");
});
