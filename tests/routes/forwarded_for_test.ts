import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readAddress, readRange } from "../../routes/address.ts";
import { isTrusted, senderOf } from "../../routes/forwarded_for.ts";

const PROXIES = ["10.0.0.0/8", "2001:db8:ffff::/48", "127.0.0.1"]
  .map((text) => readRange(text)!);

/** The sender of a request that came from 10.0.0.1. */
function sender(header: string | null): [string, string] {
  const { address, kind } = senderOf(
    readAddress("10.0.0.1")!,
    header,
    PROXIES,
  );
  return [`${address}`, kind];
}

for (
  const [header, address, kind] of [
    // One proxy, and what a client wrote before it.
    ["192.0.2.7", "192.0.2.7", "client"],
    ["198.51.100.1, 192.0.2.7", "192.0.2.7", "client"],
    ["10.9.9.9,192.0.2.7", "192.0.2.7", "client"],
    ["nonsense, 192.0.2.7", "192.0.2.7", "client"],
    [", ,192.0.2.7", "192.0.2.7", "client"],
    // Several.
    ["192.0.2.7, 10.0.0.2, 10.0.0.3", "192.0.2.7", "client"],
    ["198.51.100.1, 192.0.2.7, 10.0.0.2", "192.0.2.7", "client"],
    ["192.0.2.7, 2001:db8:ffff::1", "192.0.2.7", "client"],
    ["192.0.2.7, ::ffff:10.0.0.2", "192.0.2.7", "client"],
    // As proxies write addresses.
    ["192.0.2.7:4711", "192.0.2.7", "client"],
    ["2001:db8::7", "2001:db8::7", "client"],
    ["[2001:db8::7]", "2001:db8::7", "client"],
    ["[2001:db8::7]:4711", "2001:db8::7", "client"],
    ["::ffff:192.0.2.7", "192.0.2.7", "client"],
    ["[::ffff:192.0.2.7]:80", "192.0.2.7", "client"],
    ["192.0.2.7, [2001:db8:ffff::1]:80, 10.0.0.2:80", "192.0.2.7", "client"],
    ["  192.0.2.7\t", "192.0.2.7", "client"],
    // No address: one client, with the address of the proxy that wrote it.
    ["unknown", "10.0.0.1", "unknown"],
    ["192.0.2.7, unknown", "10.0.0.1", "unknown"],
    ["192.0.2.7, unknown, 10.0.0.2", "10.0.0.2", "unknown"],
    ["192.0.2.7, ", "10.0.0.1", "unknown"],
    ["", "10.0.0.1", "unknown"],
    ["unix:", "10.0.0.1", "unknown"],
    ["_hidden", "10.0.0.1", "unknown"],
    ["[192.0.2.7]", "10.0.0.1", "unknown"],
    ["[2001:db8::7", "10.0.0.1", "unknown"],
    ["2001:db8::7]:80", "10.0.0.1", "unknown"],
    ["192.0.2.7:", "10.0.0.1", "unknown"],
    ["192.0.2.7:800000", "10.0.0.1", "unknown"],
    ["192.0.2.7;192.0.2.8", "10.0.0.1", "unknown"],
    ["192.0.2", "10.0.0.1", "unknown"],
    ['"192.0.2.7"', "10.0.0.1", "unknown"],
    ["for=192.0.2.7", "10.0.0.1", "unknown"],
    // The proxies themselves.
    [null, "10.0.0.1", "proxy"],
    ["10.0.0.2", "10.0.0.2", "proxy"],
    ["127.0.0.1, 10.0.0.2", "127.0.0.1", "proxy"],
  ] as const
) {
  Deno.test(`senderOf reads X-Forwarded-For ${JSON.stringify(header)} as ${kind} ${address}`, () => {
    assertEquals(sender(header), [address, kind]);
  });
}

Deno.test("senderOf is not led astray by what a client writes before its address", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
      assertEquals(sender(`${text}, 192.0.2.7`), ["192.0.2.7", "client"]);
    }),
  );
});

Deno.test("isTrusted holds for addresses within a range alone", () => {
  const trusted = (text: string) => isTrusted(readAddress(text)!, PROXIES);
  assertEquals(trusted("10.255.0.1"), true);
  assertEquals(trusted("::ffff:127.0.0.1"), true);
  assertEquals(trusted("127.0.0.2"), false);
  assertEquals(isTrusted(readAddress("10.0.0.1")!, []), false);
});
