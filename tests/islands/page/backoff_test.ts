import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Backoff } from "../../../islands/page/backoff.ts";

Deno.test("Backoff tells an attempt without an answer from an answered one before it", () => {
  using time = new FakeTime();
  const backoff = new Backoff();
  backoff.start();
  backoff.answered();
  time.tick(5_000);
  assertEquals(backoff.end(), 3_000);
  backoff.start();
  time.tick(1_000);
  // The time spent waiting for an answer counts.
  assertEquals(backoff.end(), 2_000);
});
