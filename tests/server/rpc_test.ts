import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { InputError } from "../../events/input_error.ts";
import { BatchTooLargeError } from "../../journal/batch_limit.ts";
import { UnavailableError, UnreadableError } from "../../journal/history.ts";
import { Rpc, type RpcPort } from "../../server/rpc.ts";
import { within } from "../support/within.ts";

/** Methods of the one end. */
interface Far {
  add(a: number, b: number): number;
  fail(): void;
  hang(): Promise<void>;
  note(text: string): void;
}

/** Two ends of a connection, the messages that the one sends, and what was noted at the other. */
function connect(failure: unknown = new RangeError("a bug")) {
  const { port1, port2 } = new MessageChannel();
  const notes: string[] = [];
  const sent: unknown[] = [];
  const near = new Rpc<Far>({
    set onmessage(take: ((event: MessageEvent) => void) | null) {
      port1.onmessage = take;
    },
    postMessage(items) {
      sent.push(items);
      port1.postMessage(items);
    },
  }, { double: (n: number) => 2 * n });
  const far = new Rpc<{ double(n: number): number }>(
    port2,
    {
      add: (a, b) => a + b,
      fail() {
        throw failure;
      },
      hang: () => new Promise(() => {}),
      note: (text) => {
        notes.push(text);
      },
    } satisfies Far,
  );
  return {
    near,
    far,
    notes,
    sent,
    [Symbol.dispose]() {
      for (const end of [near, far]) end[Symbol.dispose]();
      for (const port of [port1, port2]) port.close();
    },
  };
}

Deno.test("Rpc calls methods of the other end, in both directions", async () => {
  using ends = connect();
  assertEquals(await ends.near.call.add(1, 2), 3);
  assertEquals(await ends.far.call.double(4), 8);
});

Deno.test("Rpc answers each caller, whichever is answered first", async () => {
  using ends = connect();
  const hanging = assertRejects(() => ends.near.call.hang(), UnavailableError);
  const sums = await Promise.all(
    [1, 2, 3].map((n) => ends.near.call.add(n, n)),
  );
  assertEquals(sums, [2, 4, 6]);
  ends.near[Symbol.dispose]();
  await within(hanging);
});

Deno.test("Rpc sends what one turn brings together, notices and calls in their order", async () => {
  using ends = connect();
  ends.near.notify.note("1");
  const sum = ends.near.call.add(1, 1);
  ends.near.notify.note("2");
  assertEquals(await sum, 2);
  assertEquals(ends.notes, ["1", "2"]);
  assertEquals(ends.sent.length, 1);
});

for (
  const error of [
    new UnavailableError("away"),
    new UnreadableError("damaged"),
    new InputError("wrong"),
    new BatchTooLargeError("too large"),
    new Deno.errors.AddrInUse("taken"),
  ]
) {
  Deno.test(`Rpc rejects a call with ${error.name} where the other end throws it`, async () => {
    using ends = connect(error);
    const { constructor } = error;
    const caught = await assertRejects(() => ends.near.call.fail(), Error);
    assertEquals(
      [caught.constructor, caught.name, caught.message],
      [constructor, error.name, error.message],
    );
  });
}

Deno.test("Rpc rejects a call with a plain Error for a defect of the other end, with its name and its stack", async () => {
  const bug = new RangeError("a bug");
  using ends = connect(bug);
  const caught = await assertRejects(() => ends.near.call.fail(), Error);
  assertEquals(
    [caught.constructor, caught.name, caught.message, caught.stack],
    [Error, "RangeError", "a bug", bug.stack],
  );
  using others = connect("no error at all");
  await assertRejects(() => others.near.call.fail(), Error, "no error at all");
});

Deno.test("Rpc rejects a call of a method that the other end does not have", async () => {
  using ends = connect();
  for (const name of ["nothing", "toString"]) {
    const call = ends.near.call as unknown as Record<
      string,
      () => Promise<void>
    >;
    await assertRejects(
      () => call[name]!(),
      Error,
      `Cannot call ${name}: no such method`,
    );
  }
});

Deno.test("Rpc rejects all callers when it is closed, and later ones, and sends nothing more", async () => {
  using ends = connect();
  const waiting = [1, 2].map(() =>
    assertRejects(() => ends.near.call.hang(), UnavailableError, "no more")
  );
  await ends.near.call.add(1, 1);
  const sent = ends.sent.length;
  ends.near.notify.note("too late");
  ends.near[Symbol.dispose]();
  await within(Promise.all(waiting));
  await assertRejects(() => ends.near.call.add(1, 1), UnavailableError);
  await delay(0);
  assert(!ends.notes.includes("too late"));
  assertEquals(ends.sent.length, sent);
});

Deno.test("Rpc calls nothing more once it is closed, though the same message holds more calls", () => {
  const port: RpcPort = { onmessage: null, postMessage() {} };
  const called: string[] = [];
  const rpc: Rpc<object> = new Rpc(port, {
    end() {
      called.push("end");
      rpc[Symbol.dispose]();
    },
    note: () => called.push("note"),
  });
  port.onmessage!(
    new MessageEvent("message", {
      data: [{ method: "end", args: [] }, { method: "note", args: [] }],
    }),
  );
  rpc[Symbol.dispose]();
  assertEquals(called, ["end"]);
});
