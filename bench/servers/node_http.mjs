/**
 * Node without packages: a `Set` of responses for each channel, and one frame that is written to each.
 *
 * Run with the port as its argument.
 */
import { createServer } from "node:http";
import process from "node:process";
import { text } from "node:stream/consumers";

const HEAD = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
};
const CLOCK = "";
const channels = new Map();
let lastMs = 0;
let count = 0;

function nextId() {
  const now = Date.now();
  count = now > lastMs ? 0 : count + 1;
  lastMs = Math.max(now, lastMs);
  return `${lastMs}-${count}`;
}

function tick() {
  const second = Math.floor(Date.now() / 1000);
  const time = new Date(second * 1000).toISOString();
  return `data: The current time is ${time}\nid: ${second}000-0\n\n`;
}

function deliver(channel, frame) {
  const bytes = Buffer.from(frame);
  for (const response of channels.get(channel) ?? []) response.write(bytes);
}

function arm() {
  setTimeout(() => {
    deliver(CLOCK, tick());
    arm();
  }, 1000 - Date.now() % 1000);
}

function subscribe(channel, response) {
  const clients = channels.get(channel);
  if (clients) clients.add(response);
  else channels.set(channel, new Set([response]));
  response.on("close", () => {
    const clients = channels.get(channel);
    clients.delete(response);
    if (clients.size === 0) channels.delete(channel);
  });
  response.writeHead(200, HEAD);
  if (channel === CLOCK) response.write(tick());
  else response.flushHeaders();
}

arm();
createServer(async (request, response) => {
  const channel = request.url.slice("/sse/".length);
  if (request.method !== "POST") {
    subscribe(channel, response);
    return;
  }
  const id = nextId();
  deliver(channel, `data: ${await text(request)}\nid: ${id}\n\n`);
  response.writeHead(201).end(id);
}).listen(Number(process.argv[2]), "127.0.0.1");
