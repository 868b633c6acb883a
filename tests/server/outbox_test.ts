import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { Outbox } from "../../server/outbox.ts";

Deno.test("Outbox sends what one turn brings together, in order, and the next turn's after it", async () => {
  const sent: (readonly number[])[] = [];
  const outbox = new Outbox<number>((items) => sent.push(items));
  outbox.push(1);
  outbox.push(2);
  await Promise.resolve();
  outbox.push(3);
  assertEquals(sent, []);
  await delay(0);
  assertEquals(sent, [[1, 2, 3]]);
  outbox.push(4);
  await delay(0);
  assertEquals(sent, [[1, 2, 3], [4]]);
});
