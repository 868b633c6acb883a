import { assert, assertEquals } from "@std/assert";

const CLIENT = new URL("../../static/client.js", import.meta.url).href;
const EVENTS = 100_000;

/** Reads events of 1 kB, a loop and a listener at once, and prints how much the heap grew over all but the first tenth. */
const PROGRAM = `
const { ChimeSource } = await import("${CLIENT}");
const event = (i) => "id: " + i + "-0\\ndata: " + "x".repeat(1_000) + "\\n\\n";
let sent = 0;
const body = new ReadableStream({
  async pull(controller) {
    if (sent === ${EVENTS}) return;
    // The loop takes what came before.
    await new Promise((resolve) => setTimeout(resolve));
    const text = Array.from({ length: 500 }, () => event(++sent)).join("");
    controller.enqueue(new TextEncoder().encode(text));
  },
});
const source = new ChimeSource("http://chime.test/sse/news", {
  fetch: async () =>
    new Response(body, { headers: { "content-type": "text/event-stream" } }),
});
const heap = () => {
  gc();
  return Deno.memoryUsage().heapUsed;
};
let heard = 0;
source.onmessage = () => heard++;
let read = 0;
let before;
for await (const _event of source) {
  read++;
  if (read === ${EVENTS} / 10) before = heap();
  if (read === ${EVENTS}) break;
}
console.log(JSON.stringify({ heard, grown: heap() - before }));
Deno.exit();
`;

Deno.test("ChimeSource keeps nothing of 100,000 events", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--v8-flags=--expose-gc", PROGRAM],
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  const { heard, grown } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(heard, EVENTS);
  // A list of the ids alone would be larger.
  assert(grown < 1_000_000, `${grown} bytes`);
});
