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
import { RemoteJournal } from "../../../journal/remote/journal.ts";
import { within } from "../../support/within.ts";
import { PLENTY, testJournal } from "../contract.ts";
import { connect } from "./connect.ts";

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
      publish: (...args) => far.publish(...args),
      read: (...args) => far.read(...args),
      latest: (...args) => far.latest(...args),
      changed: (...args) => far.changed(...args),
      holdings: (...args) => far.holdings(...args),
      set: (...args) => far.set(...args),
      take: (...args) => far.take(...args),
      list: (...args) => far.list(...args),
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
  const { value } = await late.far.tail()[Symbol.asyncIterator]().next();
  assertEquals(value, { records: [], last: id });
  await late.close();
  await close();
});

Deno.test("RemoteJournal makes one batch of those that came while the reader was busy", async () => {
  const { journal, far, close } = await open(PLENTY);
  const tail = far.tail()[Symbol.asyncIterator]();
  await tail.next();
  const ids: EventId[] = [];
  for (let i = 0; i < 9; i++) {
    ids.push(...await journal.append([{ channel: "a", data: `${i}` }]));
    await delay(0);
  }
  // The answer comes after all of them.
  await far.isReady();
  const { value } = await tail.next();
  assertEquals(value.last, ids[8]);
  assertEquals(value.records.map(({ id }: ChannelEvent) => id), ids);
  await close();
});

Deno.test("RemoteJournal keeps what came before a reset or a skip apart from what came after it", async () => {
  for (const gap of ["reset", "skip"] as const) {
    const event = (n: number): ChannelEvent => ({
      channel: "a",
      data: "",
      id: `${n}-0`,
    });
    const batches: TailBatch[] = [
      { records: [], last: "1-0" },
      { records: [event(2)], last: "2-0" },
      { records: [event(3)], last: "3-0" },
      { records: [], last: "0-1", gap },
      { records: [event(1)], last: "1-0" },
      { records: [event(2)], last: "2-0" },
    ];
    await using far = new RemoteJournal(
      new MemoryJournal(PLENTY),
      { acknowledge() {}, disconnect() {} },
    );
    for (const batch of batches) far.onBatch(batch);
    const tail = far.tail()[Symbol.asyncIterator]();
    const lasts: [EventId, unknown][] = [];
    for (let i = 0; i < 4; i++) {
      const { value } = await tail.next();
      lasts.push([value.last, value.gap]);
    }
    assertEquals(lasts, [
      ["1-0", undefined],
      ["3-0", undefined],
      ["0-1", gap],
      ["2-0", undefined],
    ]);
  }
});

Deno.test("RemoteJournal answers nothing once it is closed", async () => {
  const { journal, far, close } = await open(PLENTY);
  journal.isReady = () => new Promise(() => {});
  const asked = assertRejects(() => far.isReady(), UnavailableError, "no more");
  await close();
  await within(asked);
  await assertRejects(() => far.append([]), UnavailableError, "no more");
});
