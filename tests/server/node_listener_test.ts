import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import type { SinkWriter } from "../../hub/sink.ts";
import type { ListenerOptions } from "../../server/listener.ts";
import { NodeListener } from "../../server/node_listener.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { LISTENER_OPTIONS } from "../support/listener.ts";

function listen(
  handler: ListenerOptions["handler"],
  hostname = "127.0.0.1",
  port = 0,
): Promise<NodeListener> {
  return NodeListener.listen({ ...LISTENER_OPTIONS, hostname, port, handler });
}

/** A writer that writes nothing, and what it was told. */
function silentWriter(): { told: string[]; writer: SinkWriter } {
  const told: string[] = [];
  return {
    told,
    writer: {
      onReady: () => told.push("ready"),
      onLeave: () => told.push("left"),
    },
  };
}

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`NodeListener's handler is given the client's address: ${address}`, async () => {
    const listener = await listen(
      (_request, client) => Response.json(client.address),
      address,
    );
    const response = await fetch(listener.url);
    assertEquals(await response.json(), address);
    await within(listener.close());
  });
}

Deno.test("NodeListener rejects with AddrInUse where the port is taken", async () => {
  const listener = await listen(() => new Response());
  const port = Number(new URL(listener.url).port);
  await assertRejects(
    () => listen(() => new Response(), "127.0.0.1", port),
    Deno.errors.AddrInUse,
  );
  await within(listener.close());
});

Deno.test("NodeListener rejects where there is no such address", async () => {
  await assertRejects(
    () => listen(() => new Response(), "192.0.2.1"),
    Error,
    "192.0.2.1",
  );
});

Deno.test("NodeListener answers 500 where its handler fails, also after it has opened a stream", async () => {
  using logged = new CapturedLog();
  const { told, writer } = silentWriter();
  const listener = await listen((_request, client) => {
    client.makeSink!().open(writer);
    throw new Error("a bug");
  });
  const response = await fetch(listener.url);
  assertEquals([response.status, (await response.json()).status], [500, 500]);
  assertEquals(logged.lines.length, 1);
  await until(() => told.length > 0);
  assertEquals(told, ["left"]);
  await within(listener.close());
});

Deno.test("NodeListener sends an answer that is no stream though a stream was opened", async () => {
  const { told, writer } = silentWriter();
  const listener = await listen((_request, client) => {
    client.makeSink!().open(writer);
    return new Response("no", { status: 503 });
  });
  const response = await fetch(listener.url);
  assertEquals([response.status, await response.text()], [503, "no"]);
  assertEquals(told, ["left"]);
  await within(listener.close());
});

Deno.test("NodeListener forgets a stream whose client leaves before it begins", async () => {
  const { told, writer } = silentWriter();
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const listener = await listen(async (_request, client) => {
    asked.resolve();
    await gate.promise;
    client.makeSink!().open(writer);
    return new Response(null);
  });
  const { hostname, port } = new URL(listener.url);
  const socket = await Deno.connect({ hostname, port: Number(port) });
  const request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  await socket.write(new TextEncoder().encode(request));
  await asked.promise;
  socket.close();
  // The server hears of it in that time, or else when it sends the head.
  await delay(50);
  gate.resolve();
  await until(() => told.length > 0);
  assertEquals(told, ["left"]);
  await within(listener.close());
});

Deno.test("NodeListener sends the answers that it owes before it is closed, and cuts connections without a request", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<Response>();
  const listener = await listen(() => {
    asked.resolve();
    return gate.promise;
  });
  const { hostname, port } = new URL(listener.url);
  using idle = await Deno.connect({ hostname, port: Number(port) });
  const response = fetch(listener.url);
  await asked.promise;
  const closed = listener.close();
  gate.resolve(new Response("late"));
  assertEquals(await (await response).text(), "late");
  await within(closed);
  const count = await within(idle.read(new Uint8Array(1)).catch(() => null));
  assertEquals(count, null);
  await assertRejects(() => fetch(listener.url), TypeError);
});
