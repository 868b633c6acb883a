import { assert, assertEquals } from "@std/assert";
import { publish } from "../support/publish.ts";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

/** More than a ring and the buffers of two sockets hold together. */
const EVENTS = 150;
const BODY = "x".repeat(250_000);

/** Opens a stream, reads nothing while everything is published, and then reads to the last event. */
async function readLate(...flags: string[]) {
  await using server = await startServer(
    ["--port", "0", "--token", "t", ...flags],
  );
  // A raw socket, as fetch reads ahead.
  const socket = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.port,
  });
  const request = "GET /sse/big HTTP/1.0\r\nhost: x\r\n\r\n";
  await socket.write(new TextEncoder().encode(request));
  await until(async () =>
    (await publish(server.url, "big", "first")).clients > 0
  );

  let last = "";
  for (let i = 0; i < EVENTS; i++) {
    ({ id: last } = await publish(server.url, "big", BODY));
  }
  await using reader = new EventReader(
    socket.readable as ReadableStream<Uint8Array<ArrayBuffer>>,
  );
  const events = [];
  let event;
  while (event?.id !== last) {
    event = await reader.next();
    assert(event, "The stream ended");
    events.push(event);
  }
  const isBig = events.filter(({ data }) => data?.length === BODY.length);
  return {
    received: isBig.length,
    statuses: events.filter(({ event }) => event === "status")
      .map(({ data }) => JSON.parse(data!)),
    ids: isBig.map(({ id }) => id!),
  };
}

Deno.test("A client that stops reading gets what it missed from the journal, once and in order", async () => {
  const { received, statuses, ids } = await readLate();
  assertEquals([received, statuses], [EVENTS, []]);
  assertEquals(ids, [...new Set(ids)].sort());
});

Deno.test("A client that stops reading for longer than anything is kept is told how much it lost", async () => {
  const { received, statuses, ids } = await readLate("--retain-events", "5");
  const [{ state, missed }, ...others] = statuses;
  assertEquals([state, others], ["lagged", []]);
  assert(missed > 0);
  assertEquals(received + missed, EVENTS);
  assertEquals(ids, [...new Set(ids)].sort());
});
