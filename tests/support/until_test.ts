import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { until } from "./until.ts";
import { within } from "./within.ts";

Deno.test("until resolves with the first answer that is truthy, also while time is faked", async () => {
  using _time = new FakeTime();
  const answers = [0, "", undefined, "yes", "no"];
  assertEquals(await until(() => answers.shift()), "yes");
  assertEquals(answers, ["no"]);
});

Deno.test("until rejects at its deadline where the condition does not hold, or is never answered", async () => {
  using _time = new FakeTime();
  const options = { deadlineMs: 30, message: () => "still false" };
  await assertRejects(
    () => within(until(() => false, options)),
    Error,
    "still false",
  );
  const { promise } = Promise.withResolvers<boolean>();
  await assertRejects(
    () => within(until(() => promise, options)),
    Error,
    "still false",
  );
});

Deno.test("until rejects at once with what the condition throws", async () => {
  await assertRejects(
    () => until(() => Promise.reject(new TypeError("no connection"))),
    TypeError,
    "no connection",
  );
});
