import { assert, assertEquals } from "@std/assert";
import { connectionLimits } from "../../server/connection_limits.ts";

const UNSET = { maxConnections: undefined, maxPerAddress: undefined };

for (
  const [descriptors, workers, maxConnections, maxStreams, maxPerAddress] of [
    [1_024, 1, 960, 912, 240],
    [1_024, 2, 960, 912, 240],
    [65_536, 1, 65_472, 62_198, 16_368],
    [65_536, 8, 65_424, 62_152, 16_356],
    [300, 1, 236, 224, 59],
    [65, 1, 1, 1, 1],
    [10, 1, 1, 1, 1],
    [10_000_000, 1, 1_000_000, 950_000, 250_000],
    [undefined, 1, 1_000_000, 950_000, 250_000],
  ] as const
) {
  Deno.test(`Of ${descriptors} files with ${workers} workers, ${maxConnections} can be connections and ${maxStreams} streams, ${maxPerAddress} of one address`, () => {
    const limits = connectionLimits({ descriptors, workers, ...UNSET });
    const { maxSockets, ...others } = limits;
    assertEquals(others, {
      maxConnections,
      maxStreams,
      maxPerAddress,
      limitsEveryone: false,
    });
    assert(maxSockets > maxConnections);
  });
}

Deno.test("--max-connections holds as far as files allow, and the other limits follow it", () => {
  const options = { ...UNSET, descriptors: 1_024, workers: 1 };
  const few = connectionLimits({ ...options, maxConnections: 100 });
  assertEquals(few, {
    maxConnections: 100,
    maxStreams: 95,
    maxPerAddress: 25,
    limitsEveryone: false,
    maxSockets: 984,
  });
  const many = connectionLimits({ ...options, maxConnections: 5_000 });
  assertEquals(many.maxConnections, 960);
});

Deno.test("--max-connections-per-address holds for everyone", () => {
  const { maxPerAddress, limitsEveryone } = connectionLimits({
    descriptors: 1_024,
    workers: 1,
    maxConnections: undefined,
    maxPerAddress: 7,
  });
  assertEquals([maxPerAddress, limitsEveryone], [7, true]);
});
