import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Client } from "../../hub/subscriber.ts";
import { Feed } from "../../hub/audience.ts";

/** What a feed needs of a client, with a note of what it heard. */
class Parked {
  slot = -1;
  writtenBeat = 0;
  woken = 0;
  written = 0;
  readonly #react: (client: Parked) => void;

  /** @param react What it does when it hears something. */
  constructor(react: (client: Parked) => void) {
    this.#react = react;
  }

  wake(): void {
    this.woken++;
    this.#react(this);
  }

  write(): void {
    this.written++;
    this.writtenBeat++;
    this.#react(this);
  }
}

Deno.test("Feed wakes and comments to each parked client, to those who leave meanwhile once, and to no other", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ park: fc.boolean(), at: fc.nat(3) }), {
      minLength: 12,
    }),
    fc.boolean(),
    fc.uniqueArray(fc.nat(3)),
    (steps, flushes, leaving) => {
      const feed = new Feed(["a"], []);
      const as = (client: Parked) => client as unknown as Client;
      const clients = Array.from(
        { length: 4 },
        (_, i) =>
          new Parked((client) => {
            if (leaving.includes(i)) feed.unpark(as(client));
          }),
      );
      const parked = new Set<Parked>();
      for (const { park, at } of steps) {
        const client = clients[at]!;
        if (!park) feed.unpark(as(client));
        else if (!parked.has(client)) feed.park(as(client));
        parked[park ? "add" : "delete"](client);
      }
      for (let i = 0; i < 3; i++) {
        if (flushes) feed.flush();
        else feed.beat(i);
      }
      for (const [i, client] of clients.entries()) {
        const times = !parked.has(client) ? 0 : leaving.includes(i) ? 1 : 3;
        assertEquals(client.woken, flushes ? times : 0);
        assertEquals(client.written, flushes ? 0 : times);
        assertEquals(client.slot >= 0, times === 3);
      }
    },
  ));
});
