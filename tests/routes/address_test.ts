import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  isInRange,
  isLoopback,
  readAddress,
  readRange,
  showRange,
} from "../../routes/address.ts";

for (
  const [text, shown] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:c000:207", "192.0.2.7"],
    ["0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"],
    ["2001:DB8:0::7", "2001:db8::7"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["127.1", undefined],
    ["0x7f.0.0.1", undefined],
    ["010.0.0.1", undefined],
    ["192.0.2.256", undefined],
    ["192.0.2.7:80", undefined],
    ["[::1]", undefined],
    ["1:2:3:4:5:6:7:8:9", undefined],
    ["localhost", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`readAddress reads ${JSON.stringify(text)} as ${shown}`, () => {
    assertEquals(readAddress(text)?.toString(), shown);
  });
}

for (
  const [text, shown] of [
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["192.0.2.7", "192.0.2.7/32"],
    ["::1", "::1/128"],
    ["::ffff:10.0.0.0/104", "10.0.0.0/8"],
    ["::ffff:10.0.0.1", "10.0.0.1/32"],
    ["2001:db8:1::/32", "2001:db8::/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["10.0.0.0/33", undefined],
    ["::/129", undefined],
    ["::ffff:10.0.0.0/95", undefined],
    ["10.0.0.0/08", undefined],
    ["10.0.0.0/-1", undefined],
    ["10.0.0.0/", undefined],
    ["10.0.0.0/8/8", undefined],
    ["10.0.0.0/255.0.0.0", undefined],
    ["10/8", undefined],
    ["private", undefined],
  ] as const
) {
  Deno.test(`readRange reads ${JSON.stringify(text)} as ${shown}`, () => {
    const range = readRange(text);
    assertEquals(range && showRange(range), shown);
  });
}

for (
  const [address, range, expected] of [
    ["10.127.255.255", "10.0.0.0/9", true],
    ["10.128.0.0", "10.0.0.0/9", false],
    ["::ffff:10.1.1.1", "10.0.0.0/8", true],
    ["10.1.1.1", "::ffff:10.0.0.0/104", true],
    ["2001:db8:ffff::", "2001:db8::/32", true],
    ["2001:db9::", "2001:db8::/32", false],
    ["::1", "127.0.0.1", false],
    ["10.1.1.1", "::/1", false],
    ["10.1.1.1", "10.1.1.1", true],
    ["10.1.1.2", "10.1.1.1", false],
  ] as const
) {
  Deno.test(`isInRange says ${expected} for ${address} in ${range}`, () => {
    assertEquals(isInRange(readAddress(address)!, readRange(range)!), expected);
  });
}

Deno.test("isLoopback holds for 127.0.0.0/8 and ::1, within IPv6 as well", () => {
  const texts = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"];
  const others = ["128.0.0.1", "::2", "0.0.0.0", "::", "10.0.0.1"];
  assertEquals(texts.filter((text) => !isLoopback(readAddress(text)!)), []);
  assertEquals(others.filter((text) => isLoopback(readAddress(text)!)), []);
});

Deno.test("readAddress reads every address of the four usual forms back", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = readAddress(text);
      assertEquals(`${readAddress(`${address}`)}`, `${address}`);
      assertEquals(isInRange(address!, readRange(text)!), true);
    }),
  );
});
