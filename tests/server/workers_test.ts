import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { wholeToken } from "../../access/token.ts";
import type { Published } from "../../journal/journal.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import type { Message } from "../../events/message.ts";
import { Workers } from "../../server/workers.ts";
import type { WorkersOptions } from "../../server/workers_options.ts";
import { EventReader } from "../support/event_reader.ts";
import { assertExactlyOnce } from "../end_to_end/exactly_once.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { LISTENER } from "../support/listener.ts";
import { SERVE_OPTIONS } from "../support/serve_options.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";
import { heldEvents } from "../support/read_events.ts";
import { CapturedLog } from "../support/captured_log.ts";

const ignore = Deno.build.os !== "linux";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: ignore
      ? `${name} (skipped: threads share a port on Linux alone)`
      : name,
    ignore,
    fn,
  });
}

const RETENTION = {
  maxEvents: 200_000,
  maxAgeMs: 86_400_000,
  maxBytes: 128 * 1024 ** 2,
};

const SERVE = { ...SERVE_OPTIONS, sharesPort: true };

/** Workers in this process, over a journal in memory. */
async function start(options: Partial<WorkersOptions> = {}) {
  const log = new CapturedLog();
  const fatal: string[] = [];
  const { journal = new MemoryJournal(RETENTION) } = options;
  const starting = Workers.start({
    count: 2,
    journal,
    serve: SERVE,
    onFrozen: (message) => fatal.push(message),
    ...options,
  });
  const workers = await starting.catch((error) => {
    log[Symbol.dispose]();
    throw error;
  });
  return {
    url: workers.url,
    workers,
    fatal,
    log,
    /** What was logged of workers that ended or should have ended. */
    get logged() {
      return log.records.map(({ message }) => message)
        .filter((message) => /crashed|did not drain/.test(message));
    },
    async [Symbol.asyncDispose]() {
      await workers.drain();
      await journal[Symbol.asyncDispose]();
      log[Symbol.dispose]();
    },
  };
}

/** Opens streams until every worker has some, which the system decides. */
async function openStreams(
  url: string,
  count = 24,
  path = "news",
): Promise<EventReader[]> {
  return await Promise.all(
    Array.from({ length: count }, () => EventReader.open(`${url}sse/${path}`)),
  );
}

test("Workers serve one port: a message published to one reaches the clients of all, who are counted together", async () => {
  await using chime = await start();
  const readers = await openStreams(chime.url);
  const { id, clients } = await publish(chime.url, "news", "1");
  assertEquals(clients, readers.length);
  for (const reader of readers) {
    const [event] = await reader.take(1);
    assertEquals([event!.id, event!.data], [id, "1"]);
  }
  await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
});

test("Workers publish once what comes with one key, whichever of them it reaches", async () => {
  const journal = new MemoryJournal(RETENTION);
  await using chime = await start({ journal });
  const post = async (body: string) => {
    const response = await fetch(`${chime.url}sse/news`, {
      method: "POST",
      headers: {
        authorization: "Bearer t",
        "idempotency-key": "k",
        // So that the system chooses a worker again.
        connection: "close",
      },
      body,
    });
    return [response.status, await response.json()] as const;
  };
  const answers = await Promise.all(
    Array.from({ length: 24 }, () => post("1")),
  );
  assertEquals(answers.filter(([status]) => status === 201).length, 1);
  assertEquals(new Set(answers.map(([, { id }]) => id)).size, 1);
  const conflicts = await Promise.all(
    Array.from({ length: 8 }, () => post("2")),
  );
  for (const [status, { detail }] of conflicts) {
    assertEquals(status, 422);
    assertEquals(
      detail,
      'Cannot publish with Idempotency-Key "k": it was used for another message',
    );
  }
  assertEquals((await heldEvents(journal, ["news"])).length, 1);
});

test("Workers count together the streams of names and of patterns", async () => {
  await using chime = await start();
  const readers = await Promise.all(
    ["news.a", "news.*", "?channel=*&format=json", "news.b", "chat.*"].map(
      (path) => openStreams(chime.url, 8, path),
    ),
  );
  const { clients } = await publish(chime.url, "news.a", "1");
  assertEquals(clients, 3 * 8);
  for (const reader of readers.slice(0, 3).flat()) await reader.take(1);
  for (const reader of readers[1]!) await reader[Symbol.asyncDispose]();
  const isCounted = async () =>
    (await publish(chime.url, "news.a", "2")).clients === 2 * 8;
  await until(isCounted);
  await Promise.all(
    readers.flat().map((reader) => reader[Symbol.asyncDispose]()),
  );
});

test("Workers count together, those that crashed as well", async () => {
  await using chime = await start({
    module: new URL("./failing_worker.ts", import.meta.url),
  });
  const readers = await openStreams(chime.url);
  await publish(chime.url, "news", "1");
  await Promise.all(readers.map((reader) => reader.take(1)));
  const streams = 'chime_streams{source="channels"}';
  const events = 'chime_events_sent_total{source="channels"}';
  const before = await scrape(chime.url);
  assertEquals(before.get("chime_messages_total"), 1);
  assertEquals(before.get(streams), readers.length);
  assertEquals(before.get(events), readers.length);

  await failOne("crash");
  await until(() => chime.logged.length > 0);
  const after = await untilAnswered(() => scrape(chime.url));
  assertEquals(after.get("chime_messages_total"), 1);
  assertEquals(after.get(events), readers.length);
  const left = after.get(streams)!;
  assert(left > 0 && left < readers.length, `${left} streams`);
  await Promise.all(
    readers.map((reader) => reader[Symbol.asyncDispose]().catch(() => {})),
  );
});

test("Workers drain together", async () => {
  await using chime = await start();
  const readers = await openStreams(chime.url);
  await chime.workers.drain();
  for (const reader of readers) {
    assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
  }
});

test("A worker that crashes is replaced; its clients resume and miss nothing, the others notice nothing", async () => {
  await using chime = await start({
    module: new URL("./failing_worker.ts", import.meta.url),
  });
  const readers = await openStreams(chime.url);
  await publish(chime.url, "news", "1");
  const firsts = await Promise.all(readers.map((reader) => reader.take(1)));

  await failOne("crash");
  // Those of the crashed worker end, with whatever error.
  const cut = new Set<number>();
  const rests = readers.map(async (reader, i) => {
    const event = await reader.next().catch(() => undefined);
    if (!event) cut.add(i);
    return event;
  });
  await until(() => chime.logged.length > 0);
  assertStringIncludes(chime.logged[0]!, "a worker crashed, starting another");
  await until(() => cut.size > 0);
  const { id } = await untilAnswered(() => publish(chime.url, "news", "2"));
  for (const i of cut) {
    await using again = await EventReader.open(`${chime.url}sse/news`, {
      headers: { "last-event-id": firsts[i]![0]!.id! },
    });
    const [event] = await again.take(1);
    assertEquals([event!.id, event!.data], [id, "2"]);
  }
  const events = (await Promise.all(rests)).filter((event) => event);
  assertEquals(events.length, readers.length - cut.size);
  for (const event of events) assertEquals(event!.id, id);
  await Promise.all(
    readers.map((reader) => reader[Symbol.asyncDispose]().catch(() => {})),
  );
});

/** Makes one of the workers crash, or hang. */
async function failOne(how: "crash" | "hang"): Promise<void> {
  const fail = new BroadcastChannel("fail");
  const { promise, resolve } = Promise.withResolvers<string>();
  fail.onmessage = ({ data }) => resolve(data);
  fail.postMessage("who");
  const name = await within(promise);
  fail.postMessage(`${how} ${name}`);
  fail.close();
}

test("Workers answer, and drain, without one that hangs", async () => {
  using time = new FakeTime();
  const chime = await start({
    module: new URL("./failing_worker.ts", import.meta.url),
  });
  const readers = await openStreams(chime.url);
  await publish(chime.url, "news", "1");
  await Promise.all(readers.map((reader) => reader.take(1)));
  const counted = await scrape(chime.url);
  await failOne("hang");
  // Some of so many reach the worker that does not hang.
  const stop = new AbortController();
  const asked = Array.from(
    { length: 24 },
    () => scrape(chime.url, stop.signal),
  );
  const settled = Promise.allSettled(asked);
  const streams = 'chime_streams{source="channels"}';
  const metrics = await whileTimePasses(time, Promise.any(asked));
  assertEquals(metrics.get(streams), counted.get(streams));
  stop.abort();
  await settled;

  await whileTimePasses(time, chime[Symbol.asyncDispose]());
  assertEquals(chime.logged[0], "a worker did not drain, ending it");
  await Promise.all(
    readers.map((reader) => reader[Symbol.asyncDispose]().catch(() => {})),
  );
});

/** Lets time pass until the promise has settled. */
async function whileTimePasses<T>(
  time: FakeTime,
  promise: Promise<T>,
): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => isSettled = true);
  // Threads answer in their own time, and one that does not is taken for frozen.
  await until(async () => {
    await time.tickAsync(50);
    return isSettled;
  });
  return await settled;
}

/** Asks until there is an answer: a connection to a worker that crashes meanwhile is lost. */
function untilAnswered<T extends object>(ask: () => Promise<T>) {
  return until(async () => {
    try {
      return await ask();
    } catch (error) {
      assert(error instanceof TypeError, `${error}`);
      return undefined;
    }
  });
}

test("Workers refuse a port that is in use, also by others who share theirs", async () => {
  await using chime = await start();
  const port = Number(new URL(chime.url).port);
  await assertRejects(
    () => start({ serve: { ...SERVE, port } }),
    Deno.errors.AddrInUse,
  );
});

test("Workers.start rejects with the reason where a worker crashes before it listens", async () => {
  const code = "throw new Error('broken')";
  await assertRejects(
    () => start({ module: new URL(`data:text/javascript,${code}`) }),
    Error,
    "broken",
  );
});

test("With --workers 2 every client gets every event once and in order, however often it is cut", async () => {
  await using server = await startServer([
    ...["--port", "0", "--token", "t", "--workers", "2"],
    ...["--retain-events", "200000"],
  ]);
  await assertExactlyOnce([server.url], "t", {
    publishers: 20,
    events: 100_000,
    clients: 200,
    channels: 20,
    cuts: 5,
    maxMs: 90_000,
    seed: 3,
  });
});

/** A journal in memory during whose growth workers crash. */
class Crashing extends MemoryJournal {
  readonly crashes: Promise<void>[] = [];
  readonly #every: number;
  #count = 0;

  /** @param every How many events lie between one crash and the next. */
  constructor(every: number) {
    super(RETENTION);
    this.#every = every;
  }

  override publish(messages: readonly Message[]): Promise<Published> {
    this.#count += messages.length;
    if (this.#count > this.#every * (this.crashes.length + 1)) {
      this.crashes.push(failOne("crash"));
    }
    return super.publish(messages);
  }
}

test("With 2 workers that crash again and again every client gets every event once and in order", async () => {
  const journal = new Crashing(10_000);
  await using chime = await start({
    journal,
    module: new URL("./failing_worker.ts", import.meta.url),
  });
  const load = {
    publishers: 20,
    events: 60_000,
    clients: 50,
    channels: 20,
    cuts: 3,
    maxMs: 90_000,
    seed: 11,
  };
  await assertExactlyOnce([chime.url], "t", load, async (channel) => {
    const events = await heldEvents(journal, [channel]);
    return events.map(({ id }) => id);
  });
  await Promise.all(journal.crashes);
  assert(journal.crashes.length >= 4, `${journal.crashes.length} crashes`);
  // The last may have been told to crash a moment ago.
  await until(() => chime.logged.length >= journal.crashes.length);
  assertEquals(
    chime.logged.filter((line) => !line.startsWith("a worker crashed")),
    [],
  );
  assertEquals(chime.logged.length, journal.crashes.length);
});

test("With --workers 2 the server drains at SIGTERM and exits with 0", async () => {
  await using server = await startServer(["--port", "0", "--workers", "2"]);
  await using reader = await EventReader.open(`${server.url}sse/`);
  await reader.take(1);
  const ended = server.kill("SIGTERM");
  assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
  assertEquals((await ended).code, 0);
});

test("Workers share the number of streams that may be open at once", async () => {
  const limits = { ...SERVE.limits, maxStreams: 3 };
  await using chime = await start({ serve: { ...SERVE, limits } });
  const answers = await Promise.all(
    Array.from({ length: 24 }, () => fetch(`${chime.url}sse/news`)),
  );
  const opened = answers.filter(({ status }) => status === 200).length;
  // Two workers that look at the same moment may each take the last place.
  assert(opened === 3 || opened === 4, `${opened} streams`);
  await Promise.all(answers.map(({ body }) => body?.cancel()));
});

test("Workers give back the places of the streams and connections of a worker that crashed", async () => {
  const limits = { ...SERVE.limits, maxStreams: 24 };
  await using chime = await start({
    serve: { ...SERVE, limits },
    module: new URL("./failing_worker.ts", import.meta.url),
  });
  const readers = await openStreams(chime.url);
  const open = async () => {
    const { status, body } = await fetch(`${chime.url}sse/news`);
    await body!.cancel();
    return { status };
  };
  assertEquals((await open()).status, 503);
  await failOne("crash");
  await until(() => chime.logged.length > 0);
  await until(async () => (await untilAnswered(open)).status === 200);
  if (LISTENER === "node") {
    const metrics = await untilAnswered(() => scrape(chime.url));
    const count = metrics.get("chime_connections")!;
    assert(count >= 1 && count < readers.length, `${count} connections`);
  }
  await Promise.all(
    readers.map((reader) => reader[Symbol.asyncDispose]().catch(() => {})),
  );
});

test("Workers take the tokens that were set last, also a worker that was started since in the place of another", async () => {
  await using chime = await start({
    module: new URL("./failing_worker.ts", import.meta.url),
  });
  const answersOf = async (token: string) => {
    const statuses = Array.from({ length: 12 }, async () => {
      const response = await fetch(`${chime.url}sse/news`, {
        method: "POST",
        body: "x",
        headers: { authorization: `Bearer ${token}` },
      });
      await response.body?.cancel();
      return response.status;
    });
    return new Set(await Promise.all(statuses));
  };
  chime.workers.changeAccess({ tokens: [wholeToken("fresh")] });
  await until(async () => (await answersOf("t")).isSubsetOf(new Set([401])));
  await failOne("crash");
  await until(() => chime.log.has("a worker was started in its place"));
  for (let i = 0; i < 5; i++) {
    assertEquals(await untilAnswered(() => answersOf("t")), new Set([401]));
    assertEquals(await untilAnswered(() => answersOf("fresh")), new Set([201]));
  }
});
