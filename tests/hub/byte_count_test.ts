import { assertEquals } from "@std/assert";
import { ByteCount } from "../../hub/byte_count.ts";

Deno.test("ByteCount adds up what all threads hold, in steps of 64 bytes", () => {
  const buffer = ByteCount.share(3);
  const [one, two] = [1, 2].map((slot) => new ByteCount(buffer, slot));
  one!.add(1);
  two!.add(65);
  assertEquals([one!.total, two!.total], [192, 192]);
  one!.remove(1);
  assertEquals(one!.total, 128);
});

Deno.test("ByteCount forgets what one thread held", () => {
  const buffer = ByteCount.share(2);
  const [one, two] = [0, 1].map((slot) => new ByteCount(buffer, slot));
  one!.add(640);
  two!.add(64);
  one!.clear();
  assertEquals(two!.total, 64);
});

Deno.test("ByteCount counts 100 GiB", () => {
  const count = new ByteCount(ByteCount.share(2), 0);
  const bytes = 50 * 1024 ** 3;
  count.add(bytes);
  new ByteCount(count.buffer, 1).add(bytes);
  assertEquals(count.total, 2 * bytes);
});
