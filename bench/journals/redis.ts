/**
 * Measures the journal in Redis: what an append takes of Redis's own time, what channels take of its memory, that a
 * reading does not depend on what other channels hold, and what one of a pattern takes. Needs `redis-server`.
 *
 *     deno run -A bench/journals/redis.ts
 */
import { type EventId, ORIGIN } from "../../events/event_id.ts";
import type { ReadFrom } from "../../journal/history.ts";
import type { Journal, Retention } from "../../journal/journal.ts";
import { RedisJournal } from "../../journal/redis/journal.ts";
import { RedisServer } from "../../tests/support/redis_server.ts";
import { until } from "../../tests/support/until.ts";

const RETENTION: Retention = {
  maxEvents: 10_000,
  maxAgeMs: 86_400_000,
  maxBytes: 4 * 1024 ** 3,
};
const DATA = "x".repeat(90);

/** What one run of the measured commands took. */
interface Cost {
  /** The median's, in µs. */
  redisUs: number;
  ms: number;
}

async function open(
  server: RedisServer,
  retention = RETENTION,
): Promise<RedisJournal> {
  const journal = new RedisJournal({
    url: server.url,
    key: "chime",
    retention,
  });
  await until(() => journal.isReady());
  return journal;
}

async function info(
  server: RedisServer,
  section: string,
  name: string,
): Promise<number> {
  const text = `${await server.command("INFO", section)}`;
  return Number(new RegExp(`${name}[:=]([\\d.]+)`).exec(text)?.[1] ?? NaN);
}

/** Runs something several times, and takes the best of what Redis says that a script took. */
async function cost(
  server: RedisServer,
  run: () => Promise<unknown>,
): Promise<Cost> {
  let best: Cost = { redisUs: Infinity, ms: Infinity };
  for (let round = 0; round < 5; round++) {
    await server.command("CONFIG", "RESETSTAT");
    const startMs = performance.now();
    await run();
    const ms = performance.now() - startMs;
    const redisUs = await info(
      server,
      "commandstats",
      "cmdstat_evalsha:.*usec_per_call",
    );
    if (redisUs < best.redisUs) best = { redisUs, ms };
  }
  return best;
}

/** Publishes so many batches, with 50 on their way at once. */
async function publish(
  journal: Journal,
  batches: number,
  channelsOf: (i: number) => string[],
): Promise<void> {
  for (let i = 0; i < batches; i += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, k) =>
        journal.append(
          channelsOf(i + k).map((channel) => ({ channel, data: DATA })),
        )),
    );
  }
}

function show(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(60)}${value.toFixed(2).padStart(10)} ${unit}`);
}

async function measureAppends(): Promise<void> {
  await using server = await RedisServer.start();
  await using journal = await open(server);
  const sha = `${await server.command("SCRIPT", "LOAD", "return 1")}`;
  const empty = await cost(server, async () => {
    for (let i = 0; i < 500; i++) await server.command("EVALSHA", sha, "0");
  });
  show("a script that does nothing", empty.redisUs, "µs");
  const one = await cost(
    server,
    () => publish(journal, 2_000, (i) => [`c${i % 100}`]),
  );
  show("an append alone, of 100 channels", one.redisUs, "µs");
  const full = await cost(
    server,
    () => publish(journal, 5_000, () => ["full"]),
  );
  show("an append alone, to a channel that is full", full.redisUs, "µs");
  const fifty = () => publish(journal, 200, () => Array(50).fill("fifty"));
  const batch = await cost(server, fifty);
  show("an event in batches of 50", batch.redisUs / 50, "µs");
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const wide = await cost(server, () => publish(journal, 200, () => names));
  show("an event in batches of 50, of 50 channels", wide.redisUs / 50, "µs");
}

async function measureMemory(): Promise<void> {
  await using server = await RedisServer.start();
  await using journal = await open(server);
  const before = await info(server, "memory", "used_memory");
  for (let i = 0; i < 100_000; i += 500) {
    await journal.append(
      Array.from({ length: 500 }, (_, k) => ({
        channel: `user.${i + k}`,
        data: "x".repeat(50),
      })),
    );
  }
  const after = await info(server, "memory", "used_memory");
  show(
    "100,000 channels of one event of 50 bytes",
    (after - before) / 1e6,
    "MB",
  );
}

async function measureReadings(): Promise<void> {
  await using server = await RedisServer.start();
  await using journal = await open(server);
  const ids: EventId[] = [];
  for (let i = 0; i < 1_000; i++) {
    ids.push(...await journal.append([{ channel: "quiet", data: DATA }]));
  }
  const upTo = ids.at(-1)!;
  const limits = { maxEvents: 100, maxLength: 1024 ** 2 };
  for (let others = 0; others <= 400_000; others += 100_000) {
    if (others > 0) {
      const name = (i: number) => `busy${(others / 1_000 + i) % 50}`;
      await publish(journal, 1_000, (i) => Array(100).fill(name(i)));
    }
    const read = await cost(server, async () => {
      for (let i = 0; i < 500; i++) {
        await journal.read({
          channels: ["quiet"],
          from: { kind: "after", id: ids[500 + i % 400]! },
          upTo,
        }, limits);
      }
    });
    show(`read 100 events beside ${others}`, read.redisUs, "µs");
    const latest = await cost(server, async () => {
      for (let i = 0; i < 500; i++) {
        await journal.latest(
          { channels: ["quiet"], count: 1, after: ORIGIN, upTo },
          limits,
        );
      }
    });
    show(`latest beside ${others}`, latest.redisUs, "µs");
  }
}

/**
 * 1,000 channels of a pattern beside 100,000 others, and 1,000 events since a client left, 100 of which are the pattern's;
 * then 10,000 channels of another pattern. What counts is the longest script: Redis does nothing else meanwhile.
 */
async function measurePatterns(): Promise<void> {
  await using server = await RedisServer.start();
  await using journal = await open(server);
  const append = (nameOf: (k: number) => string) =>
    journal.append(
      Array.from({ length: 1_000 }, (_, k) => ({
        channel: nameOf(k),
        data: DATA,
      })),
    );
  for (let i = 0; i < 101; i++) {
    const stem = i === 50 ? "news" : i < 10 ? `room.${i}` : `user.${i}`;
    await append((k) => `${stem}.${k}`);
  }
  const [id] = await journal.append([{ channel: "here", data: "" }]);
  const ids = await append((k) => k % 10 === 0 ? `news.${k}` : `room.1.${k}`);
  await server.command("CONFIG", "SET", "slowlog-log-slower-than", "0");
  const upTo = ids.at(-1)!;
  const limits = { maxEvents: 100, maxLength: 1024 ** 2 };
  for (const pattern of ["news.*", "room.*"]) {
    const channels = [pattern];
    const page = (from: ReadFrom) => () =>
      journal.read({ channels, from, upTo }, limits);
    const runs: Record<string, () => Promise<unknown>> = {
      "read what is new": page({ kind: "after", id: id! }),
      "read the oldest": page({ kind: "earliest" }),
      latest: () =>
        journal.latest({ channels, count: 1, after: ORIGIN, upTo }, limits),
      changed: () => journal.changed(channels, id!, upTo),
    };
    for (const [what, run] of Object.entries(runs)) {
      await server.command("SLOWLOG", "RESET");
      const startMs = performance.now();
      await run();
      const ms = performance.now() - startMs;
      show(`${what} of ${pattern}`, ms, "ms");
      show("  the longest script", await longestUs(server) / 1_000, "ms");
    }
  }
}

/** The longest of the slow commands, in µs. */
async function longestUs(server: RedisServer): Promise<number> {
  const slow = await server.command("SLOWLOG", "GET", "100") as [
    number,
    number,
    number,
    string[],
  ][];
  return Math.max(0, ...slow.map(([, , us]) => us));
}

async function measureLettingGo(): Promise<void> {
  await using server = await RedisServer.start();
  {
    await using journal = await open(server);
    for (let i = 0; i < 1_000; i++) {
      await journal.append([
        { channel: `c${i % 10}`, data: "x".repeat(100_000) },
      ]);
    }
  }
  await server.command("CONFIG", "SET", "slowlog-log-slower-than", "100");
  await server.command("SLOWLOG", "RESET");
  await using journal = await open(server, {
    ...RETENTION,
    maxBytes: 40_000_000,
  });
  await journal.append([{ channel: "last", data: "" }]);
  await until(async () =>
    Number(await server.command("ZCARD", "{chime}:oldest")) > 0 &&
    (await journal.changed([], ORIGIN, ORIGIN)).length === 0
  );
  show(
    "letting go of 600 events of 100 kB, the longest step",
    await longestUs(server) / 1_000,
    "ms",
  );
}

await measureAppends();
await measureMemory();
await measureReadings();
await measurePatterns();
await measureLettingGo();
