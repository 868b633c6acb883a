import { assertEquals } from "@std/assert";
import { FrameCache } from "../../hub/frame_cache.ts";
import type { ChannelEvent } from "../../events/message.ts";

/** A cache whose encodings are noted, each of so many bytes. */
function setUp(bytes: number) {
  const cache = new FrameCache();
  const encoded: string[] = [];
  return {
    cache,
    encoded,
    get(id: number, channel = "a") {
      const event: ChannelEvent = { id: `${id}-0`, channel, data: "" };
      return cache.get(event, ({ id, channel }) => {
        encoded.push(`${id} ${channel}`);
        return Promise.resolve(new Uint8Array(bytes));
      });
    },
  };
}

Deno.test("FrameCache encodes an event once, and tells the same id on two channels apart", async () => {
  const { get, encoded } = setUp(10);
  const first = await get(1);
  assertEquals(await get(1) === first, true);
  await get(1, "b");
  assertEquals(encoded, ["1-0 a", "1-0 b"]);
});

Deno.test("FrameCache holds 4 MiB with what a frame takes besides its bytes, the newest", async () => {
  const { get, encoded } = setUp(1024 * 1024 - 512);
  for (const id of [1, 2, 3, 4, 5]) await get(id);
  encoded.length = 0;
  for (const id of [2, 3, 4, 5]) await get(id);
  assertEquals(encoded, []);
  await get(1);
  assertEquals(encoded, ["1-0 a"]);
});

Deno.test("FrameCache counts what two asked for at once a single time", async () => {
  const { get, encoded } = setUp(1024 * 1024 - 512);
  for (let i = 0; i < 4; i++) await Promise.all([get(i), get(i)]);
  encoded.length = 0;
  for (let i = 0; i < 4; i++) await get(i);
  assertEquals(encoded, []);
});

Deno.test("FrameCache holds 8,192 frames at most, however small", async () => {
  const { get, encoded } = setUp(0);
  for (let id = 0; id <= 8_192; id++) await get(id);
  encoded.length = 0;
  await get(1);
  await get(0);
  assertEquals(encoded, ["0-0 a"]);
});

Deno.test("FrameCache forgets all when it is cleared", async () => {
  const { get, encoded, cache } = setUp(10);
  await get(1);
  cache.clear();
  await get(1);
  assertEquals(encoded.length, 2);
});
