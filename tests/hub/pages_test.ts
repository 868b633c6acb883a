import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Audience } from "../../hub/audience.ts";
import type { Missing, Page, PageReader } from "../../hub/page_reader.ts";
import { Memory } from "../../hub/memory.ts";
import { Pages } from "../../hub/pages.ts";
import { toSelection } from "../../hub/selection.ts";

const audience = new Audience(
  toSelection(["a"], "named"),
  [],
  Memory.unbounded(),
);

/** Pages that are read when the test says so, each of so many bytes. */
function setUp(bytes = 10, isComplete = false) {
  const reads: PromiseWithResolvers<Page | Missing>[] = [];
  const reader = {
    read() {
      const read = Promise.withResolvers<Page | Missing>();
      reads.push(read);
      return read.promise;
    },
  };
  const pages = new Pages({
    reader: reader as unknown as PageReader,
    memory: Memory.unbounded(),
    lifetimeMs: 1_000,
  });
  const page = (last: number): Page => ({
    bytes: new Uint8Array(bytes),
    count: 1,
    end: `${last}-0`,
    isComplete,
    unproved: undefined,
  });
  const queryOf = (after: number, upTo = 99) => ({
    audience,
    from: { kind: "after", id: `${after}-0` },
    upTo: { ordinal: 0, id: `${upTo}-0` },
    maxEvents: 32,
  } as const);
  return {
    pages,
    page,
    reads,
    /** Asks as a reader does. */
    ask(after: number, upTo?: number) {
      const query = queryOf(after, upTo);
      return pages.find(query) ?? pages.read(query);
    },
  };
}

Deno.test("Pages reads a page once for all that come while it is read, and for a second after", async () => {
  using time = new FakeTime();
  const { ask, reads, page } = setUp();
  const first = ask(1);
  const second = ask(1);
  reads[0]!.resolve(page(5));
  assertEquals(await first === await second, true);
  await time.tickAsync(1_000);
  assertEquals(await ask(1) === await first, true);
  ask(2);
  assertEquals(reads.length, 2);
  await time.tickAsync(1);
  ask(1);
  assertEquals(reads.length, 3);
});

Deno.test("Pages reads a page to the end anew where something has come since", async () => {
  const { ask, reads, page } = setUp(10, true);
  const first = ask(1, 9);
  reads[0]!.resolve(page(9));
  await first;
  ask(1, 9);
  assertEquals(reads.length, 1);
  ask(1, 10);
  assertEquals(reads.length, 2);
});

Deno.test("Pages keeps 32 MiB, the newest", async () => {
  const { ask, reads, page } = setUp(8 * 1024 * 1024 - 512);
  for (let n = 1; n <= 5; n++) {
    const answer = ask(n);
    reads.at(-1)!.resolve(page(n));
    await answer;
  }
  for (let n = 2; n <= 5; n++) ask(n);
  assertEquals(reads.length, 5);
  ask(1);
  assertEquals(reads.length, 6);
});

Deno.test("Pages keeps no page that is missing, and none whose reading failed", async () => {
  const { ask, reads } = setUp();
  const missing = ask(1);
  reads[0]!.resolve({ kind: "unknown" });
  await missing;
  const failing = ask(1);
  assertEquals(reads.length, 2);
  reads[1]!.reject(new Error("no disk"));
  await assertRejects(() => failing, Error, "no disk");
  ask(1);
  assertEquals(reads.length, 3);
});

Deno.test("Pages keeps nothing of the time before it was cleared, also of what was being read", async () => {
  const { pages, ask, reads, page } = setUp();
  const old = [ask(1), ask(2)];
  reads[0]!.resolve(page(5));
  await old[0];
  pages.clear();
  reads[1]!.resolve(page(5));
  await old[1];
  ask(1);
  ask(2);
  assertEquals(reads.length, 4);
});
