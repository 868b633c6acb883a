import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import type { EventId } from "../../../events/event_id.ts";
import type { ChannelEvent } from "../../../events/message.ts";
import { UnavailableError } from "../../../journal/history.ts";
import type {
  Journal,
  Retention,
  TailBatch,
} from "../../../journal/journal.ts";
import { MemoryJournal } from "../../../journal/memory/journal.ts";
import { JournalHost } from "../../../journal/remote/host.ts";
import {
  type JournalCalls,
  RemoteJournal,
} from "../../../journal/remote/journal.ts";
import { Rpc } from "../../../server/rpc.ts";
import { within } from "../../support/within.ts";
import { PLENTY, testJournal } from "../contract.ts";

/** Connects one more remote journal to the host, through a real port. */
function connect(host: JournalHost) {
  const { port1, port2 } = new MessageChannel();
  const near = new Rpc<Pick<RemoteJournal, "onBatch">>(port1, host.calls);
  const rpc: Rpc<JournalCalls> = new Rpc(port2, {
    onBatch: (batch: TailBatch) => far.onBatch(batch),
  });
  const far: RemoteJournal = new RemoteJournal(
    rpc.call,
    () => rpc[Symbol.dispose](),
  );
  const stop = host.addReader((batch) => near.notify.onBatch(batch));
  return {
    far,
    async close() {
      stop();
      await far[Symbol.asyncDispose]();
      near[Symbol.dispose]();
      port1.close();
      port2.close();
    },
  };
}

/** A journal, its host, and a remote one, all of which close together. */
async function open(retention: Retention) {
  const journal = new MemoryJournal(retention);
  const host = new JournalHost(journal);
  const following = host.follow();
  const { far, close } = connect(host);
  await journal.append([]);
  return {
    host,
    journal,
    far,
    async close() {
      await close();
      await journal[Symbol.asyncDispose]();
      await following;
    },
  };
}

testJournal({
  name: "RemoteJournal",
  async open(retention) {
    const { far, close } = await open(retention);
    let closed: Promise<void> | undefined;
    const journal: Journal = {
      append: (...args) => far.append(...args),
      read: (...args) => far.read(...args),
      latest: (...args) => far.latest(...args),
      floor: () => far.floor(),
      isReady: () => far.isReady(),
      tail: () => far.tail(),
      // The other end goes with it.
      [Symbol.asyncDispose]: () => closed ??= close(),
    };
    return journal;
  },
});

Deno.test("RemoteJournal begins its tail where the host's stands", async () => {
  const { host, journal, close } = await open(PLENTY);
  const [id] = await journal.append([{ channel: "a", data: "1" }]);
  await delay(0);
  const late = connect(host);
  const { value } = await late.far.tail().next();
  assertEquals(value, { events: [], last: id });
  await late.close();
  await close();
});

Deno.test("RemoteJournal makes one batch of those that came while the reader was busy, but for the first", async () => {
  const { journal, far, close } = await open(PLENTY);
  const tail = far.tail();
  await tail.next();
  const ids: EventId[] = [];
  for (let i = 0; i < 9; i++) {
    ids.push(...await journal.append([{ channel: "a", data: `${i}` }]));
  }
  // The answer comes after all of them.
  await far.floor();
  const batches: TailBatch[] = [];
  for (let i = 0; i < 2; i++) batches.push((await tail.next()).value);
  assertEquals(batches.map(({ last }) => last), [ids[0], ids[8]]);
  assertEquals(
    batches.flatMap(({ events }) => events.map(({ id }) => id)),
    ids,
  );
  await close();
});

Deno.test("RemoteJournal keeps what came before a reset apart from what came after it", async () => {
  const event = (n: number): ChannelEvent => ({
    channel: "a",
    data: "",
    id: `${n}-0`,
  });
  const batches: TailBatch[] = [
    { events: [], last: "1-0" },
    { events: [event(2)], last: "2-0" },
    { events: [event(3)], last: "3-0" },
    { events: [], last: "0-1", isReset: true },
    { events: [event(1)], last: "1-0" },
    { events: [event(2)], last: "2-0" },
  ];
  await using far = new RemoteJournal(
    new MemoryJournal(PLENTY),
    () => {},
  );
  for (const batch of batches) far.onBatch(batch);
  const tail = far.tail();
  const lasts: EventId[] = [];
  for (let i = 0; i < 4; i++) lasts.push((await tail.next()).value.last);
  assertEquals(lasts, ["1-0", "3-0", "0-1", "2-0"]);
});

Deno.test("RemoteJournal answers nothing once it is closed", async () => {
  const { journal, far, close } = await open(PLENTY);
  journal.floor = () => new Promise(() => {});
  const asked = assertRejects(() => far.floor(), UnavailableError, "no more");
  await close();
  await within(asked);
  await assertRejects(() => far.append([]), UnavailableError, "no more");
});

Deno.test("JournalHost sends nothing more to a reader that has stopped", async () => {
  await using journal = new MemoryJournal(PLENTY);
  const host = new JournalHost(journal);
  const following = host.follow();
  const heard: string[][] = [[], []];
  const [stop] = heard.map((list) =>
    host.addReader(({ events }) => list.push(...events.map(({ data }) => data)))
  );
  await journal.append([{ channel: "a", data: "1" }]);
  await delay(0);
  stop!();
  await journal.append([{ channel: "a", data: "2" }]);
  await delay(0);
  assertEquals(heard[0]!.length, heard[1]!.length - 1);
  await journal[Symbol.asyncDispose]();
  await following;
});
