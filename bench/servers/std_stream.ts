/**
 * The usual example: each client has its own `ServerSentEventStream` and, on the clock, its own timer.
 *
 * Two things differ, so that the ticks can be compared: they come at whole seconds, and have ids.
 *
 * Run with the port as its argument.
 */
import {
  type ServerSentEventMessage,
  ServerSentEventStream,
} from "@std/http/server-sent-event-stream";
import { nextId } from "./next_id.ts";

const HEADERS = { "content-type": "text/event-stream" };

type Controller = ReadableStreamDefaultController<ServerSentEventMessage>;

/** The clients of each channel that has any. */
const channels = new Map<string, Set<Controller>>();

function stream(
  source: UnderlyingDefaultSource<ServerSentEventMessage>,
): Response {
  const body = new ReadableStream<ServerSentEventMessage>(source)
    .pipeThrough(new ServerSentEventStream());
  return new Response(body, { headers: HEADERS });
}

function tick(): ServerSentEventMessage {
  const second = Math.floor(Date.now() / 1000);
  const time = new Date(second * 1000).toISOString();
  return { data: ` The current time is ${time}`, id: `${second}000-0` };
}

function clock(): Response {
  let timer: ReturnType<typeof setTimeout>;
  return stream({
    start(controller) {
      const send = () => {
        controller.enqueue(tick());
        timer = setTimeout(send, 1000 - Date.now() % 1000);
      };
      send();
    },
    cancel() {
      clearTimeout(timer);
    },
  });
}

function subscribe(channel: string): Response {
  let own: Controller;
  return stream({
    start(controller) {
      own = controller;
      const clients = channels.get(channel);
      if (clients) clients.add(own);
      else channels.set(channel, new Set([own]));
    },
    cancel() {
      const clients = channels.get(channel)!;
      clients.delete(own);
      if (clients.size === 0) channels.delete(channel);
    },
  });
}

async function publish(channel: string, request: Request): Promise<Response> {
  const id = nextId();
  const data = ` ${await request.text()}`;
  for (const controller of channels.get(channel) ?? []) {
    controller.enqueue({ data, id });
  }
  return new Response(id, { status: 201 });
}

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]) }, (request) => {
  const channel = new URL(request.url).pathname.slice("/sse/".length);
  if (request.method === "POST") return publish(channel, request);
  return channel ? subscribe(channel) : clock();
});
