import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { begun, setUp } from "./set_up.ts";

Deno.test("Hub gives a reader that comes late everything in one write", async () => {
  using chime = setUp();
  const stream = chime.open(["a"]);
  for (let i = 0; i < 100; i++) await chime.publish("a", `${i}`);
  const reader = stream.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value).match(/^id:/gm)!.length, 100);
});

Deno.test("Hub writes no more at once than 64 KiB, unless one frame is larger", async () => {
  using chime = setUp();
  const stream = chime.open(["a"]);
  const sizes = [30_000, 30_000, 30_000, 100_000, 10];
  for (const size of sizes) await chime.publish("a", "x".repeat(size));
  const reader = stream.getReader();
  const events = [];
  while (events.length < sizes.length) {
    const { value } = await reader.read();
    const ids = new TextDecoder().decode(value).match(/^id: .*/gm)!;
    if (ids.length > 1) assertLess(value!.length, 64 * 1024);
    events.push(...ids);
  }
  assertEquals(events.at(-1), "id: 5-0");
});

Deno.test("Hub has a channel with few subscribers wait for no other channel's flush", async () => {
  using time = new FakeTime();
  using chime = setUp();
  const busy = await Promise.all(
    Array.from(
      { length: 9 },
      () => begun(chime.open(["busy"])),
    ),
  );
  const quiet = await begun(chime.open(["quiet"]));
  await chime.publish("busy", "1");
  await Promise.all(busy.map((reader) => reader.read()));
  const waiting = busy.map((reader) => reader.read());
  let isWoken = false;
  waiting[0]!.then(() => isWoken = true);
  // The flush before is not over as long as no time passes.
  await chime.publish("busy", "2");
  const read = quiet.read();
  await chime.publish("quiet", "3");
  assertMatch(new TextDecoder().decode((await read).value), /^data: 3$/m);
  assertEquals(isWoken, false);
  await time.tickAsync(100);
  await Promise.all(waiting);
});
