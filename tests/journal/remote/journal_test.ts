import { assertEquals, assertRejects } from "@std/assert";
import type { EventId } from "../../../events/event_id.ts";
import { UnavailableError, UnreadableError } from "../../../journal/history.ts";
import type {
  Journal,
  Retention,
  TailBatch,
} from "../../../journal/journal.ts";
import { JournalHost } from "../../../journal/remote/host.ts";
import { MemoryJournal } from "../../../journal/memory/journal.ts";
import { PortJournal } from "../../../journal/remote/journal.ts";
import { PLENTY, testJournal } from "../contract.ts";
import { readEvents } from "../read_events.ts";

/** A journal behind a port, which closes what is behind it as well. */
async function open(retention: Retention) {
  const journal = new MemoryJournal(retention);
  const host = new JournalHost(journal);
  const following = host.follow();
  const { port, close } = host.open({ length: (text: string) => text.length });
  const far = new PortJournal(port);
  await journal.append([]);
  return {
    host,
    journal,
    far,
    async close() {
      await far[Symbol.asyncDispose]();
      close();
      await journal[Symbol.asyncDispose]();
      await following;
    },
  };
}

testJournal({
  name: "PortJournal",
  async open(retention) {
    const { far, close } = await open(retention);
    let closed: Promise<void> | undefined;
    const journal: Journal = {
      append: (messages) => far.append(messages),
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

Deno.test("PortJournal begins its tail where the host's stands", async () => {
  const { host, journal, close } = await open(PLENTY);
  const [id] = await journal.append([{ channel: "a", data: "1" }]);
  await new Promise((resolve) => setTimeout(resolve));
  const { port, close: closePort } = host.open({});
  const late = new PortJournal(port);
  const { value } = await late.tail()[Symbol.asyncIterator]().next();
  assertEquals(value, { events: [], last: id });
  await late[Symbol.asyncDispose]();
  closePort();
  await close();
});

Deno.test("PortJournal makes one batch of those that came while the reader was busy, but for the first", async () => {
  const { journal, far, close } = await open(PLENTY);
  const tail = far.tail();
  await tail.next();
  const ids: EventId[] = [];
  for (let i = 0; i < 9; i++) {
    ids.push(...await journal.append([{ channel: "a", data: `${i}` }]));
  }
  // The answer comes behind all of them.
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

Deno.test("PortJournal keeps apart what lies before a reset and behind it", async () => {
  const event = (n: number) => ({ channel: "a", data: "", id: `${n}-0` });
  const batches = [
    { events: [], last: "1-0" },
    ...[2, 3].map((n) => ({ events: [event(n)], last: `${n}-0` })),
    { events: [], last: "0-1", isReset: true },
    ...[1, 2].map((n) => ({ events: [event(n)], last: `${n}-0` })),
  ];
  const { port1, port2 } = new MessageChannel();
  await using far = new PortJournal(port2);
  port1.postMessage(batches.map((batch) => ({ batch })));
  const tail = far.tail();
  const lasts: EventId[] = [];
  for (let i = 0; i < 4; i++) lasts.push((await tail.next()).value.last);
  assertEquals(lasts, ["1-0", "3-0", "0-1", "2-0"]);
  port1.close();
});

Deno.test("PortJournal tells a journal that is away, one that cannot be read and one that fails apart", async () => {
  const { journal, far, close } = await open(PLENTY);
  journal.append = () => Promise.reject(new UnavailableError("away"));
  await assertRejects(() => far.append([]), UnavailableError, "away");
  journal.read = () => Promise.reject(new UnreadableError("damaged"));
  await assertRejects(
    () => readEvents(far, ["a"], "1-0", "2-0"),
    UnreadableError,
    "damaged",
  );
  journal.floor = () => Promise.reject(new RangeError("a bug"));
  const error = await assertRejects(() => far.floor(), Error, "a bug");
  assertEquals(error instanceof UnavailableError, false);
  await close();
});

Deno.test("PortJournal answers nothing once it is closed", async () => {
  const { journal, far, close } = await open(PLENTY);
  journal.floor = () => new Promise(() => {});
  const asked = assertRejects(() => far.floor(), UnavailableError, "closed");
  await close();
  await asked;
  await assertRejects(() => far.append([]), UnavailableError, "closed");
});

Deno.test("PortJournal asks for the clients of all threads", async () => {
  const { far, close } = await open(PLENTY);
  assertEquals(await far.ask("length", "abc"), 3);
  await close();
});
