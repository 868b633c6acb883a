import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { until } from "../support/until.ts";
import { asSent, AWKWARD, LONG_LINE } from "./awkward.ts";
import { Driver } from "./driver.ts";
import { installedLibraries, testOf } from "./installed.ts";
import type { Library } from "./libraries.ts";
import { overRestarts } from "./over_restarts.ts";
import { StreamFiller } from "./stream_filler.ts";

/** How long the slowest library may take to start, or to come back, in ms. */
const COMEBACK_MS = 60_000;
/** Longer than two heartbeats, in ms. */
const QUIET_MS = 20_000;

const STREAMS = 'chime_streams{source="channels"}';

interface Subject {
  library: Library;
  driver: Driver;
}

const libraries = await installedLibraries();

/** Starts a driver of each library, and waits until each has a stream. */
async function subscribeAll(
  stack: AsyncDisposableStack,
  server: ServerProcess,
  base = server.url,
): Promise<Subject[]> {
  const subjects = libraries.map((library) => ({
    library,
    driver: stack.use(Driver.start(library, `${base}sse/news`)),
  }));
  await untilStreams(server, subjects.length);
  return subjects;
}

async function untilStreams(server: ServerProcess, count: number) {
  let streams: number | undefined;
  await until(async () => {
    streams = (await scrape(server.url)).get(STREAMS);
    return streams === count;
  }, {
    deadlineMs: COMEBACK_MS,
    message: () => `${streams} of ${count} streams are open`,
  });
}

/** Asserts something of each library, at the same time, as a step each. */
async function each(
  t: Deno.TestContext,
  subjects: readonly Subject[],
  assertion: (subject: Subject) => void | Promise<void>,
) {
  const outcomes = await Promise.allSettled(
    subjects.map(async (subject) => await assertion(subject)),
  );
  for (const [i, { library: { registry, name } }] of subjects.entries()) {
    await t.step(`${registry}: ${name}`, () => {
      const outcome = outcomes[i]!;
      if (outcome.status === "rejected") throw outcome.reason;
    });
  }
}

/** Asserts that each library hands over this data, once, in this order. */
async function assertData(
  t: Deno.TestContext,
  subjects: readonly Subject[],
  data: readonly string[],
) {
  const dataOf = (driver: Driver) => driver.events.map(({ data }) => data);
  await each(t, subjects, async ({ driver }) => {
    await driver.until(() => dataOf(driver).length >= data.length);
    assertEquals(dataOf(driver), data);
  });
}

testOf(
  libraries,
  "Libraries: awkward data arrives as sent, but for a library's own faults",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(
      await startServer(["--port", "0", "--token", "t"]),
    );
    const subjects = await subscribeAll(stack, server);
    const ids: Record<string, string> = {};
    for (const [name, data] of Object.entries(AWKWARD)) {
      ids[name] = (await publish(server.url, "news", data)).id;
    }
    const last = await publish(server.url, "news?event=weather", "rain");
    await each(t, subjects, async ({ library: { faults = {} }, driver }) => {
      await driver.until(() => driver.events.some(({ id }) => id === last.id));
      const found: Record<string, readonly string[]> = {};
      for (const [name, data] of Object.entries(AWKWARD)) {
        const received = driver.events.filter(({ id }) => id === ids[name])
          .map(({ data }) => data);
        if (received.length === 1 && received[0] === asSent(data)) continue;
        found[name] = received;
      }
      assertEquals(found, faults);
      const { type, data } = driver.events.at(-1)!;
      assertEquals({ type, data }, { type: "weather", data: "rain" });
    });
  },
);

testOf(libraries, "Libraries: a line of 200 KiB arrives", async (t) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startServer(["--port", "0", "--token", "t"]));
  const subjects = await subscribeAll(stack, server);
  await publish(server.url, "news", LONG_LINE);
  await publish(server.url, "news", "next");
  await assertData(t, subjects, [LONG_LINE, "next"]);
});

testOf(
  libraries,
  "Libraries: 20 s of quiet bring no event and cut no stream",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(
      await startServer(["--port", "0", "--token", "t"]),
    );
    const subjects = await subscribeAll(stack, server);
    await delay(QUIET_MS);
    await each(t, subjects, ({ driver }) => {
      assertEquals(driver.events, []);
      const kinds = driver.lines.map(({ kind }) => kind);
      assertEquals(kinds.filter((kind) => kind === "error"), []);
    });
    await untilStreams(server, subjects.length);
  },
);

for (
  const { name, signal, first } of [
    { name: "kill -9 after the first event", signal: "SIGKILL", first: ["1"] },
    { name: "kill -9 before the first event", signal: "SIGKILL", first: [] },
    { name: "a drain after the first event", signal: "SIGTERM", first: ["1"] },
    { name: "a drain before the first event", signal: "SIGTERM", first: [] },
  ] as const
) {
  testOf(
    libraries,
    `Libraries: over ${name} nothing is lost and nothing repeated`,
    async (t) => {
      await using stack = new AsyncDisposableStack();
      const start = await overRestarts(stack);
      const before = await start();
      const subjects = await subscribeAll(stack, before);
      for (const data of first) await publish(before.url, "news", data);
      for (const { driver } of subjects) {
        await driver.until(() => driver.events.length === first.length);
      }
      await before.kill(signal);
      const after = await start(before.port);
      await publish(after.url, "news", "2");
      await untilStreams(after, subjects.length);
      await publish(after.url, "news", "3");
      await assertData(t, subjects, [...first, "2", "3"]);
    },
  );
}

testOf(
  libraries,
  "Libraries: over overloaded nothing is lost and nothing repeated",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    // 5 % are kept free of streams: a multiple of 20 needs no rounding.
    const connections = 20 * Math.ceil(libraries.length / 9);
    const server = stack.use(
      await startServer([
        ...["--port", "0", "--token", "t"],
        ...["--max-connections", `${connections}`],
      ]),
    );
    const proxy = stack.use(new TcpProxy(server.port));
    const subjects = await subscribeAll(stack, server, proxy.url);
    await publish(server.url, "news", "1");
    for (const { driver } of subjects) {
      await driver.until(() => driver.events.length === 1);
    }
    const streams = connections - connections / 20;
    const filler = stack.use(new StreamFiller(server.url, streams));
    await filler.holds(streams - subjects.length);
    proxy.drop();
    await filler.holds(streams);
    await publish(server.url, "news", "2");
    for (const { driver } of subjects) {
      await driver.until(() => driver.states.includes("overloaded"));
    }
    await filler[Symbol.asyncDispose]();
    await untilStreams(server, subjects.length);
    await publish(server.url, "news", "3");
    await assertData(t, subjects, ["1", "2", "3"]);
  },
);
