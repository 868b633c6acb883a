/**
 * Measures the journal in SQLite: what an append takes, how large the file gets, that a reading does not depend on what
 * other channels hold, and what one of a pattern takes.
 *
 *     deno run -A bench/journals/sqlite.ts
 */
import { join } from "node:path";
import { type EventId, ORIGIN } from "../../events/event_id.ts";
import type { ReadFrom } from "../../journal/history.ts";
import type { Retention } from "../../journal/journal.ts";
import { SqliteJournal } from "../../journal/sqlite/journal.ts";

const RETENTION: Retention = {
  maxEvents: 10_000,
  maxAgeMs: 86_400_000,
  maxBytes: 4 * 1024 ** 3,
};
const DATA = "x".repeat(90);
const LIMITS = { maxEvents: 100, maxLength: 1024 ** 2 };

function show(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(60)}${value.toFixed(3).padStart(10)} ${unit}`);
}

/** Runs something several times, and returns the median of what a run took, in µs. */
async function cost(
  runs: number,
  run: (i: number) => Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const startMs = performance.now();
    await run(i);
    times.push((performance.now() - startMs) * 1_000);
  }
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

function batch(count: number, channelOf: (i: number) => string) {
  return Array.from({ length: count }, (_, i) => ({
    channel: channelOf(i),
    data: DATA,
  }));
}

async function measureAppends(folder: string): Promise<void> {
  const file = join(folder, "appends.db");
  await using journal = new SqliteJournal(file, RETENTION);
  const one = batch(1, () => "one");
  const commit = await cost(300, () => journal.append(one));
  show("a commit of one event, the disk included", commit, "µs");
  for (const channels of [1, 100]) {
    const events = batch(1_000, (i) => `c${i % channels}`);
    // The channels are full then, so that each event lets go of another.
    for (let i = 0; i < 11 * channels && i < 60; i++) {
      await journal.append(events);
    }
    const all = await cost(30, () => journal.append(events));
    show(
      `an event more in a batch of 1000, of ${channels} channel(s)`,
      (all - commit) / 999,
      "µs",
    );
  }
}

async function measureReadings(folder: string): Promise<void> {
  const file = join(folder, "readings.db");
  await using journal = new SqliteJournal(file, RETENTION);
  const ids: EventId[] = await journal.append(batch(1_000, () => "quiet"));
  const upTo = ids.at(-1)!;
  for (let others = 0; others <= 300_000; others += 100_000) {
    for (let i = 0; others > 0 && i < 100; i++) {
      await journal.append(batch(1_000, (k) => `busy${(others + k) % 50}`));
    }
    const from = (i: number) => ids[500 + i % 400]!;
    show(
      `read 100 events beside ${others}`,
      await cost(500, (i) =>
        journal.read(
          { channels: ["quiet"], from: { kind: "after", id: from(i) }, upTo },
          LIMITS,
        )),
      "µs",
    );
    show(
      `latest beside ${others}`,
      await cost(500, () =>
        journal.latest(
          { channels: ["quiet"], count: 1, after: ORIGIN, upTo },
          LIMITS,
        )),
      "µs",
    );
  }
  show(
    "the file, for an event of 90 bytes",
    (await Deno.stat(file)).size / 301_000,
    "bytes",
  );
}

/** 1,000 channels of a pattern beside 100,000 others, and 1,000 events since a client left, 100 of which are the pattern's. */
async function measurePatterns(folder: string): Promise<void> {
  await using journal = new SqliteJournal(join(folder, "p.db"), RETENTION);
  for (let i = 0; i < 101; i++) {
    const stem = i === 50 ? "news" : `user.${i}`;
    await journal.append(batch(1_000, (k) => `${stem}.${k}`));
  }
  const [id] = await journal.append(batch(1, () => "here"));
  const ids = await journal.append(
    batch(1_000, (i) => i % 10 === 0 ? `news.${i}` : `user.1.${i}`),
  );
  const [channels, upTo] = [["news.*"], ids.at(-1)!];
  const read = (from: ReadFrom) => () =>
    journal.read({ channels, from, upTo }, LIMITS);
  show(
    "read 100 events of 1,000 channels of a pattern",
    await cost(100, read({ kind: "after", id: id! })),
    "µs",
  );
  show(
    "read its oldest 100 events",
    await cost(100, read({ kind: "earliest" })),
    "µs",
  );
  show(
    "latest of its channels, the first 100",
    await cost(
      100,
      () => journal.latest({ channels, count: 1, after: ORIGIN, upTo }, LIMITS),
    ),
    "µs",
  );
}

const folder = await Deno.makeTempDir({ prefix: "chime-bench-" });
try {
  await measureAppends(folder);
  await measureReadings(folder);
  await measurePatterns(folder);
} finally {
  await Deno.remove(folder, { recursive: true });
}
