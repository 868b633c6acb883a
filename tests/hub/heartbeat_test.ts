import { assertEquals, assertMatch } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { begun, setUp } from "./set_up.ts";

Deno.test("Hub comments on a stream that was silent for 8 s, and only on that", async () => {
  using time = new FakeTime();
  using chime = setUp();
  const busy = chime.open(["busy"]).getReader();
  const idle = chime.open(["idle"]).getReader();
  const heard: string[] = [];
  const listen = async () => {
    for (let value; (value = (await idle.read()).value);) {
      heard.push(new TextDecoder().decode(value));
    }
  };
  const listening = listen();
  const talk: string[] = [];
  const talking = (async () => {
    for (let value; (value = (await busy.read()).value);) {
      talk.push(new TextDecoder().decode(value));
    }
  })();

  await time.tickAsync(4_000);
  await chime.publish("busy", "x");
  await time.tickAsync(3_000);
  assertEquals(heard.length, 1);
  await time.tickAsync(1_000);
  assertEquals(heard.slice(1), [":\n"]);
  await time.tickAsync(8_000);
  assertEquals(heard.slice(1), [":\n", ":\n"]);
  assertEquals(talk.length, 3);
  chime.hub.closeAll({ state: "draining" });
  await Promise.all([listening, talking]);
});

Deno.test("Hub comments on idle streams again after a time without any", async () => {
  using time = new FakeTime();
  using chime = setUp();
  await chime.open(["a"]).cancel();
  const reader = await begun(chime.open(["a"]));
  const heard = reader.read();
  await time.tickAsync(8_000);
  assertMatch(new TextDecoder().decode((await heard).value), /^:\n$/);
  await reader.cancel();
});

Deno.test("Hub comments on no stream whose reader left while it waited", async () => {
  using time = new FakeTime();
  using chime = setUp();
  const stays = await begun(chime.open(["a"]));
  const leaves = await begun(chime.open(["a"]));
  const heard = stays.read();
  const nothing = leaves.read();
  await time.tickAsync(1_000);
  await leaves.cancel();
  assertEquals((await nothing).done, true);
  // A comment to who has left would throw here.
  await time.tickAsync(8_000);
  assertMatch(new TextDecoder().decode((await heard).value), /^:\n$/);
  await stays.cancel();
});
