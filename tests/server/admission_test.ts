import { assertEquals } from "@std/assert";
import { readRange } from "../../routes/address.ts";
import { Admission } from "../../server/admission.ts";
import { shareCounts, SharedCounts } from "../../server/shared_counts.ts";
import { NO_LIMITS } from "../support/serve_options.ts";

const PROXIES = ["10.0.0.0/8", "127.0.0.9"].map((text) => readRange(text)!);

/** As many threads as are named, which share their counts. */
function threads(count: number, limits: Partial<typeof NO_LIMITS> = {}) {
  const memory = shareCounts(count, 100);
  return Array.from({ length: count }, (_, thread) =>
    new Admission({
      limits: { ...NO_LIMITS, ...limits },
      counts: new SharedCounts({ memory, thread }),
      trustedProxies: PROXIES,
    }));
}

function admission(limits: Partial<typeof NO_LIMITS> = {}): Admission {
  return threads(1, limits)[0]!;
}

for (const count of [1, 2]) {
  Deno.test(`Admission refuses connections over the limit until others end, with ${count} threads`, () => {
    const all = threads(count, { maxConnections: 2 });
    const connect = (i: number) => all[i % count]!.connection(`192.0.2.${i}`);
    const permits = [0, 1].map(connect);
    assertEquals(permits.map(({ refused }) => refused), [undefined, undefined]);
    const over = connect(2);
    assertEquals(over.refused, "connections");
    over[Symbol.dispose]();
    assertEquals(connect(3).refused, "connections");
    permits[0]![Symbol.dispose]();
    assertEquals(connect(4).refused, undefined);
    assertEquals(connect(5).refused, "connections");
  });

  Deno.test(`Admission refuses connections of one address over its limit, and of no other, with ${count} threads`, () => {
    const all = threads(count, { maxPerAddress: 2 });
    let i = 0;
    const connect = (address: string) => all[i++ % count]!.connection(address);
    const first = connect("192.0.2.1");
    assertEquals(first.refused, undefined);
    assertEquals(connect("::ffff:192.0.2.1").refused, undefined);
    assertEquals(connect("192.0.2.1").refused, "address");
    assertEquals(connect("192.0.2.2").refused, undefined);
    first[Symbol.dispose]();
    assertEquals(connect("192.0.2.1").refused, undefined);
    assertEquals(connect("192.0.2.1").refused, "address");
    // A /64 of IPv6 is one address.
    connect("2001:db8::1");
    connect("2001:db8::2");
    assertEquals(connect("2001:db8::3").refused, "address");
    assertEquals(connect("2001:db8:0:1::3").refused, undefined);
  });
}

for (const isGiven of [false, true]) {
  const limits = { maxPerAddress: 1, limitsEveryone: isGiven };

  Deno.test(`Admission limits loopback addresses: ${isGiven}, as --max-connections-per-address is ${isGiven ? "" : "not "}given`, () => {
    for (
      const address of ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.3"]
    ) {
      const one = admission(limits);
      one.connection(address);
      const expected = isGiven ? "address" : undefined;
      assertEquals(one.connection(address).refused, expected);
      assertEquals(
        one.request(address, () => null, false).refused,
        expected,
      );
    }
  });

  Deno.test(`Admission limits the own requests of trusted proxies: ${isGiven}, as --max-connections-per-address is ${isGiven ? "" : "not "}given`, () => {
    for (const header of [null, "10.0.0.1", "10.0.0.1, 10.0.0.2"]) {
      const one = admission(limits);
      const ask = () => one.request("10.0.0.1", () => header, false);
      ask();
      assertEquals(ask().refused, isGiven ? "address" : undefined);
    }
  });

  Deno.test(`Admission counts no connection of a trusted proxy for its address, though a limit is ${isGiven ? "" : "not "}given`, () => {
    const one = admission(limits);
    one.connection("10.0.0.1");
    assertEquals(one.connection("10.0.0.1").refused, undefined);
    assertEquals(one.counts.total("connections"), 2);
  });
}

Deno.test("Admission limits the requests of a trusted proxy's clients, together with their own connections", () => {
  const one = admission({ maxPerAddress: 2 });
  const ask = (client: string) => one.request("10.0.0.1", () => client, false);
  const first = ask("198.51.100.1, 192.0.2.1");
  assertEquals([first.address, first.refused], ["192.0.2.1", undefined]);
  assertEquals(one.connection("192.0.2.1").refused, undefined);
  assertEquals(ask("192.0.2.1").refused, "address");
  assertEquals(ask("192.0.2.2").refused, undefined);
  first[Symbol.dispose]();
  assertEquals(ask("192.0.2.1").refused, undefined);
  assertEquals(one.counts.total("connections"), 1);
});

Deno.test("Admission limits together the clients whose addresses a trusted proxy does not know", () => {
  const one = admission({ maxPerAddress: 1 });
  assertEquals(
    one.request("127.0.0.9", () => "unknown", false).refused,
    undefined,
  );
  const { address, refused } = one.request("127.0.0.9", () => "", false);
  // It is limited by what its proxy is, though that is a loopback address.
  assertEquals([address, refused], ["127.0.0.9", "address"]);
});

Deno.test("Admission does not believe X-Forwarded-For of others", () => {
  const one = admission();
  const permit = one.request("192.0.2.1", () => {
    throw new Error("It was asked for");
  }, false);
  assertEquals(permit.address, "192.0.2.1");
});

Deno.test("Admission counts a request as a connection where connections are not seen", () => {
  const one = admission({ maxConnections: 1 });
  const ask = () => one.request("10.0.0.1", () => "192.0.2.1", true);
  const first = ask();
  assertEquals(ask().refused, "connections");
  first[Symbol.dispose]();
  assertEquals(ask().refused, undefined);
});

Deno.test("Admission lets a client be whose address is not known", () => {
  const one = admission({ maxPerAddress: 1 });
  assertEquals([one.connection("").refused, one.connection("").refused], [
    undefined,
    undefined,
  ]);
});
