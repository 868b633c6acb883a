import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { NEW } from "../../hub/deliver_from.ts";
import { Hub } from "../../hub/hub.ts";
import { openStream } from "../../routes/stream.ts";
import { listen } from "../../server/listen.ts";
import { ListHistory } from "../support/list_history.ts";
import { LISTENER, LISTENER_OPTIONS } from "../support/listener.ts";
import { until } from "../support/until.ts";

const CLIENTS = 100;

/** A server with a hub, and sockets that have read its first event. */
async function setUp() {
  const history = new ListHistory();
  const hub = new Hub(history, { last: "0-0" });
  const listener = await listen(LISTENER, {
    ...LISTENER_OPTIONS,
    handler: (_request, client) =>
      openStream(client, (sink) => hub.open(["a"], NEW, sink)),
  });
  const port = Number(new URL(listener.url).port);
  const sockets = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port });
      const request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
      await socket.write(new TextEncoder().encode(request));
      await socket.read(new Uint8Array(1_000));
      return socket;
    }),
  );
  const event = history.add("a", "1");
  await hub.append([event], event.id);
  for (const socket of sockets) await socket.read(new Uint8Array(1_000));
  return {
    hub,
    sockets,
    async [Symbol.asyncDispose]() {
      hub[Symbol.dispose]();
      await listener.close();
    },
  };
}

Deno.test("Hub ends streams whose clients hung up the moment before", async () => {
  // In some rounds the server has noticed by now, in some it has not: that depends on the system.
  for (let round = 0; round < 30; round++) {
    await using chime = await setUp();
    for (const socket of chime.sockets) socket.close();
    await delay(0);
    chime.hub.closeAll({ state: "draining" });
    assertEquals(chime.hub.subscriberCount, 0);
  }
});

Deno.test("Hub forgets clients that hang up, though nothing is sent to them", async () => {
  await using chime = await setUp();
  assertEquals(chime.hub.subscriberCount, CLIENTS);
  for (const socket of chime.sockets) socket.close();
  await until(() => chime.hub.subscriberCount === 0);
  assertEquals(chime.hub.channels, []);
});
