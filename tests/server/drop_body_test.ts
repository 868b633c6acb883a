import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { dropBody } from "../../server/drop_body.ts";

/** A request whose body has chunks of a size, and counts what is read of it. */
function setUp(chunkBytes: number, chunks = Infinity) {
  const state = { read: 0, canceled: 0, cut: 0 };
  const body = new ReadableStream({
    pull(controller) {
      if (state.read === chunks * chunkBytes) return controller.close();
      state.read += chunkBytes;
      controller.enqueue(new Uint8Array(chunkBytes));
    },
    cancel() {
      state.canceled++;
    },
  }, { highWaterMark: 0 });
  const request = new Request("http://h/", { method: "POST", body });
  const onCut = () => {
    state.cut++;
  };
  return { state, request, onCut };
}

function ignore(): void {}

Deno.test("dropBody reads 1 MiB of a body that does not end, and cancels it after 1 s", async () => {
  using time = new FakeTime();
  const { state, request, onCut } = setUp(1024);
  await dropBody(request, onCut);
  assertEquals(state, { read: 1024 * 1024 + 1024, canceled: 0, cut: 0 });
  await time.tickAsync(999);
  assertEquals(state.canceled, 0);
  await time.tickAsync(1);
  assertEquals(state, { read: 1024 * 1024 + 1024, canceled: 1, cut: 1 });
});

Deno.test("dropBody reads a short body to its end, and leaves no timer", async () => {
  using time = new FakeTime();
  const { state, request, onCut } = setUp(1024, 1024);
  await dropBody(request, onCut);
  assertEquals(state, { read: 1024 * 1024, canceled: 0, cut: 0 });
  assertEquals(time.timerCount, 0);
});

Deno.test("dropBody cancels a silent body after 1 s", async () => {
  using time = new FakeTime();
  let canceled = 0;
  const body = new ReadableStream({
    cancel: () => {
      canceled++;
    },
  });
  dropBody(new Request("http://h/", { method: "POST", body }), ignore);
  await time.tickAsync(999);
  assertEquals(canceled, 0);
  await time.tickAsync(1);
  assertEquals(canceled, 1);
});

Deno.test("dropBody goes on after what was read of a body, and has nothing to do without one", async () => {
  const { state, request, onCut } = setUp(1024, 2);
  const reader = request.body!.getReader();
  await reader.read();
  reader.releaseLock();
  await dropBody(request, onCut);
  assertEquals(state.read, 2048);
  await dropBody(new Request("http://h/"), onCut);
  const read = new Request("http://h/", { method: "POST", body: "read" });
  await read.text();
  await dropBody(read, onCut);
});

Deno.test("dropBody takes a client that leaves for the end", async () => {
  using time = new FakeTime();
  const broken = new ReadableStream({
    pull: (controller) => controller.error(new Error("reset")),
  });
  await dropBody(
    new Request("http://h/", { method: "POST", body: broken }),
    ignore,
  );
  const failing = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(2 ** 21)),
    cancel: () => Promise.reject(new Error("reset")),
  });
  await dropBody(
    new Request("http://h/", { method: "POST", body: failing }),
    ignore,
  );
  await time.tickAsync(1_000);
  assertEquals(time.timerCount, 0);
});
