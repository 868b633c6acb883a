import { assertEquals, assertRejects } from "@std/assert";
import { NoPlaceError, Places } from "../../access/places.ts";

/** A work that ends when it is told to. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { isBegun: false, promise, resolve, reject };
}

async function settle() {
  for (let i = 0; i < 9; i++) await Promise.resolve();
}

Deno.test("Places does so much at once, has so many wait, in their order, and refuses the others", async () => {
  const places = new Places({ maxAtOnce: 2, maxWaiting: 3 });
  const works = Array.from({ length: 6 }, work);
  const begun = () => works.map(({ isBegun }) => isBegun ? 1 : 0).join("");
  const runs = works.slice(0, 5).map((work) =>
    places.run(() => {
      work.isBegun = true;
      return work.promise;
    })
  );
  await settle();
  assertEquals(begun(), "110000");
  const sixth = () =>
    places.run(() => {
      works[5]!.isBegun = true;
      return works[5]!.promise;
    });
  await assertRejects(sixth, NoPlaceError, "3 wait already");
  works[1]!.resolve("b");
  assertEquals(await runs[1], "b");
  await settle();
  assertEquals(begun(), "111000");
  // There is a place to wait in again.
  runs.push(sixth());
  await settle();
  assertEquals(begun(), "111000");
  works[0]!.reject(new RangeError("it failed"));
  await assertRejects(() => runs[0]!, RangeError, "it failed");
  await settle();
  assertEquals(begun(), "111100");
  for (const { resolve } of works) resolve("c");
  assertEquals(await Promise.all(runs.slice(2)), ["c", "c", "c", "c"]);
});

Deno.test("Places keeps every place, whatever becomes of the works", async () => {
  const places = new Places({ maxAtOnce: 2, maxWaiting: 100 });
  let [now, most] = [0, 0];
  const runs = Array.from({ length: 60 }, (_, i) =>
    places.run(async () => {
      most = Math.max(most, ++now);
      await settle();
      now--;
      if (i % 3 === 0) throw new RangeError("it failed");
    }));
  const ends = await Promise.allSettled(runs);
  assertEquals(ends.filter(({ status }) => status === "rejected").length, 20);
  assertEquals([now, most], [0, 2]);
  // Work that throws before there is a promise gives its place back, too.
  for (let i = 0; i < 3; i++) {
    await assertRejects(
      () =>
        places.run(() => {
          throw new RangeError("it failed");
        }),
      RangeError,
    );
  }
  assertEquals(await places.run(() => Promise.resolve(1)), 1);
});
