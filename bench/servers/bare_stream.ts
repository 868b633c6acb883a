/**
 * The least that a Deno server can do, to measure Deno itself: one timer for all, and one array of bytes for each tick
 * or message, enqueued in the `ReadableStream` of each client. Nothing is resumed, limited or closed.
 *
 * Run with the port as its argument.
 */
import { nextId } from "./next_id.ts";

const HEADERS = { "content-type": "text/event-stream" };
const CLOCK = "";
const encoder = new TextEncoder();
/** The clients of each channel that has any. */
const channels = new Map<
  string,
  Set<ReadableStreamDefaultController<Uint8Array>>
>();

function tick(): Uint8Array {
  const second = Math.floor(Date.now() / 1000);
  const time = new Date(second * 1000).toISOString();
  return encoder.encode(
    `data: The current time is ${time}\nid: ${second}000-0\n\n`,
  );
}

function deliver(channel: string, frame: Uint8Array): void {
  for (const controller of channels.get(channel) ?? []) {
    controller.enqueue(frame);
  }
}

function arm(): void {
  setTimeout(() => {
    deliver(CLOCK, tick());
    arm();
  }, 1000 - Date.now() % 1000);
}

function subscribe(channel: string): Response {
  let own: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      own = controller;
      const clients = channels.get(channel);
      if (clients) clients.add(own);
      else channels.set(channel, new Set([own]));
      if (channel === CLOCK) own.enqueue(tick());
    },
    cancel() {
      const clients = channels.get(channel)!;
      clients.delete(own);
      if (clients.size === 0) channels.delete(channel);
    },
  });
  return new Response(body, { headers: HEADERS });
}

async function publish(channel: string, request: Request): Promise<Response> {
  const id = nextId();
  deliver(
    channel,
    encoder.encode(`data: ${await request.text()}\nid: ${id}\n\n`),
  );
  return new Response(id, { status: 201 });
}

arm();
Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]) }, (request) => {
  const channel = new URL(request.url).pathname.slice("/sse/".length);
  return request.method === "POST"
    ? publish(channel, request)
    : subscribe(channel);
});
