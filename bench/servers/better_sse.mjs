/**
 * The channels of `better-sse` on Node, used as in its guide: a session for each client, a channel to broadcast to.
 *
 * Run with the port and the package's folder as its arguments.
 */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import { text } from "node:stream/consumers";

const [port, folder] = process.argv.slice(2);
const { createChannel, createSession } = createRequire(import.meta.url)(folder);
const CLOCK = "";
/** The channels with clients, by name. */
const channels = new Map();

function tick() {
  const second = Math.floor(Date.now() / 1000);
  const time = new Date(second * 1000).toISOString();
  return [`The current time is ${time}`, "message", `${second}000-0`];
}

function arm() {
  setTimeout(() => {
    const [data, type, eventId] = tick();
    channels.get(CLOCK)?.broadcast(data, type, { eventId });
    arm();
  }, 1000 - Date.now() % 1000);
}

function open(name) {
  const channel = createChannel();
  channels.set(name, channel);
  channel.on("session-deregistered", () => {
    if (channel.sessionCount === 0) channels.delete(name);
  });
  return channel;
}

arm();
createServer(async (request, response) => {
  const name = request.url.slice("/sse/".length);
  if (request.method === "POST") {
    channels.get(name)?.broadcast(await text(request));
    response.writeHead(201).end();
    return;
  }
  const session = await createSession(request, response);
  if (!session.isConnected) return;
  (channels.get(name) ?? open(name)).register(session);
  if (name === CLOCK) session.push(...tick());
}).listen(Number(port), "127.0.0.1");
