import { assertEquals } from "@std/assert";
import { DenoListener } from "../../server/deno_listener.ts";
import { LISTENER_OPTIONS } from "../support/listener.ts";

for (
  const { hostname, address } of [
    { hostname: "127.0.0.1", address: "127.0.0.1" },
    { hostname: "::1", address: "::1" },
  ]
) {
  Deno.test(`DenoListener's handler is given the client's address: ${address}`, async () => {
    const server = new DenoListener({
      ...LISTENER_OPTIONS,
      hostname,
      handler: (_request, client) => Response.json(client),
    });
    const response = await fetch(server.url);
    assertEquals(await response.json(), { address });
    await server.close();
  });
}
