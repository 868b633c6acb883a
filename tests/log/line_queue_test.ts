import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { LineQueue } from "../../log/line_queue.ts";

/** An output that takes bytes when it is told to, and a queue in front of it. */
function setUp() {
  let text = "";
  let pending: PromiseWithResolvers<number> | undefined;
  let length = 0;
  let running = 0;
  const decoder = new TextDecoder();
  const output = {
    async write(bytes: Uint8Array) {
      assertEquals(++running, 1, "one write at a time");
      pending = Promise.withResolvers();
      length = bytes.length;
      const taken = await pending.promise.finally(() => running--);
      text += decoder.decode(bytes.subarray(0, taken), { stream: true });
      return taken;
    },
  };
  return {
    queue: new LineQueue(output, (count) => `(${count} lost)`),
    get text() {
      return text;
    },
    /** Has the output take so many bytes of what it was given: by default, all. */
    async take(count?: number) {
      await settle();
      pending!.resolve(count ?? length);
      await settle();
    },
    async fail(error: Error) {
      await settle();
      pending!.reject(error);
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

const FULL = new Error("No space left on device (os error 28)");
/** A line of 100 kB; ten of them fit. */
const LONG = "x".repeat(100_000);

Deno.test("LineQueue writes lines in order, one write at a time", async () => {
  const set = setUp();
  set.queue.push("1");
  set.queue.push("2");
  await set.take();
  assertEquals(set.text, "1\n2\n");
  set.queue.push("3");
  await settle();
  set.queue.push("4\n    at 4");
  await set.take();
  await set.take();
  await set.queue.flushed();
  assertEquals(set.text, "1\n2\n3\n4\n    at 4\n");
});

Deno.test("LineQueue goes on where the output takes a part", async () => {
  const set = setUp();
  set.queue.push("é1234");
  for (let i = 0; i < 3; i++) await set.take(1);
  await set.take();
  await set.queue.flushed();
  assertEquals(set.text, "é1234\n");
});

Deno.test("LineQueue waits where nobody reads, drops what is too much, and says how much where it is missing", async () => {
  const set = setUp();
  set.queue.push("first");
  await settle();
  for (let i = 0; i < 12; i++) set.queue.push(LONG);
  // It is short, but later than those that are lost.
  set.queue.push("lost");
  await set.take();
  set.queue.push("later");
  await set.take();
  set.queue.push("last");
  await set.take();
  await set.take();
  await set.queue.flushed();
  assertEquals(
    set.text.replaceAll(LONG, "LONG"),
    `first\n${"LONG\n".repeat(10)}(3 lost)\nlater\nlast\n`,
  );
});

Deno.test("LineQueue says what was lost though nothing is logged any more", async () => {
  const set = setUp();
  for (let i = 0; i < 10; i++) set.queue.push(LONG);
  await settle();
  set.queue.push(LONG);
  await set.take();
  await set.take();
  await set.queue.flushed();
  assert(set.text.endsWith("x\n(1 lost)\n"));
});

Deno.test("LineQueue takes no more memory after a million lines than after some", async () => {
  const set = setUp();
  for (let i = 0; i < 1_000_000; i++) set.queue.push("0123456789");
  await set.take();
  await set.queue.flushed();
  const lines = set.text.split("\n");
  assert(lines.length < 110_000, `${lines.length}`);
  const [, lost] = /^\((\d+) lost\)$/.exec(lines.at(-2)!)!;
  assertEquals(Number(lost) + lines.length - 2, 1_000_000);
});

Deno.test("LineQueue counts the lines that the output refuses, and says so with the next", async () => {
  const set = setUp();
  set.queue.push("1");
  set.queue.push("2");
  await set.fail(FULL);
  await set.queue.flushed();
  set.queue.push("3");
  await set.fail(FULL);
  await set.queue.flushed();
  assertEquals(set.text, "");
  set.queue.push("4");
  await set.take();
  await set.queue.flushed();
  assertEquals(set.text, "(3 lost)\n4\n");
});

Deno.test("LineQueue ends a line that the output took a part of before the next", async () => {
  const set = setUp();
  for (const line of ["1", "22", "3"]) set.queue.push(line);
  await set.take(3);
  await set.fail(FULL);
  await set.queue.flushed();
  assertEquals(set.text, "1\n2");
  set.queue.push("4");
  await set.take();
  await set.queue.flushed();
  assertEquals(set.text, "1\n2\n(2 lost)\n4\n");
});

Deno.test("LineQueue tries again where the output is full and does not block", async () => {
  using time = new FakeTime();
  const set = setUp();
  set.queue.push("1");
  for (let i = 0; i < 3; i++) {
    await set.fail(
      new Deno.errors.WouldBlock("Resource temporarily unavailable"),
    );
    await time.tickAsync(50);
  }
  await set.take();
  await set.queue.flushed();
  assertEquals(set.text, "1\n");
});
