import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Client } from "../channels/client.ts";
import { Feed } from "../channels/feed.ts";

/** What a feed needs of a client, with a note of what it heard. */
class Parked {
  slot = -1;
  writtenBeat = 0;
  woken = 0;
  written = 0;

  wake(): void {
    this.woken++;
  }

  write(): void {
    this.written++;
  }
}

Deno.test("Feed wakes and comments to each parked client once, and to no other", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ park: fc.boolean(), at: fc.nat(3) }), {
      minLength: 12,
    }),
    fc.boolean(),
    (steps, flushes) => {
      const feed = new Feed(["a"], []);
      const clients = Array.from({ length: 4 }, () => new Parked());
      const as = (client: Parked) => client as unknown as Client;
      const parked = new Set<Parked>();
      for (const { park, at } of steps) {
        const client = clients[at]!;
        if (!park) feed.unpark(as(client));
        else if (!parked.has(client)) feed.park(as(client));
        parked[park ? "add" : "delete"](client);
      }
      const hear = () => flushes ? feed.flush() : feed.beat(0);
      // Whoever heard something is no longer parked.
      for (let i = 0; i < 3; i++) hear();
      for (const client of clients) {
        const once = parked.has(client) ? 1 : 0;
        assertEquals(client.woken, flushes ? once : 0);
        assertEquals(client.written, flushes ? 0 : once);
        assertEquals(client.slot, -1);
      }
    },
  ));
});
