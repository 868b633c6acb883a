import { assert } from "@std/assert";
import type { FakeTime } from "@std/testing/time";
import { type EventId, ORIGIN } from "../../events/event_id.ts";
import type { Journal, Retention } from "../../journal/journal.ts";
import { RedisKeys } from "../../journal/redis/keys.ts";
import { RedisJournal } from "../../journal/redis/journal.ts";
import { PLENTY } from "../journal/contract.ts";
import {
  redisMissing,
  RedisServer,
  type RedisServerOptions,
} from "./redis_server.ts";
import { heldEvents, readEvents } from "./read_events.ts";
import type { TailReader } from "./tail_reader.ts";
import { CapturedLog } from "./captured_log.ts";
import { until } from "./until.ts";

/** The key, by default. */
export const KEY = "chime";

/** The real one, also while time is faked. */
const sleep = globalThis.setTimeout;

/** Tries the criterion on a server of its own, which may have to be started first. */
export function testRedis(
  criterion: string,
  run: (server: RedisServer, log: CapturedLog) => Promise<void>,
  options: RedisServerOptions & { isStopped?: boolean } = {},
): void {
  const reason = redisMissing ? ` (skipped: ${redisMissing})` : "";
  Deno.test({
    name: `RedisJournal ${criterion}${reason}`,
    ignore: redisMissing !== undefined,
    async fn() {
      using log = new CapturedLog();
      await using server = await RedisServer.prepare(options);
      if (!options.isStopped) await server.start();
      await run(server, log);
    },
  });
}

/**
 * Lets so many seconds pass at most, until the condition holds; Redis has time to answer in each. On a busy machine it may
 * need longer, so the condition may also come true after the last second.
 */
export async function within(
  seconds: number,
  time: FakeTime,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let i = 0; i < seconds && !await condition(); i++) await pass(1, time);
  await until(condition);
}

/** Lets so many seconds pass; Redis has time to answer in each. */
export async function pass(seconds: number, time: FakeTime): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await time.tickAsync(1_000);
    await new Promise((resolve) => sleep(resolve, 50));
  }
}

/** The keys that tests look into. */
export const KEYS: RedisKeys = new RedisKeys(KEY);

/** How many records a channel holds. */
export async function recordCount(
  server: RedisServer,
  channel = "a",
): Promise<number> {
  return Number(await server.command("LLEN", KEYS.channel(channel))) / 2;
}

/** A journal that may not have found its Redis yet. */
export function open(
  { url }: { url: string },
  retention = PLENTY,
  key = KEY,
): RedisJournal {
  return new RedisJournal({ url, key, retention });
}

/** A journal that has found its Redis. */
export async function connect(
  server: { url: string },
  retention = PLENTY,
  key = KEY,
): Promise<RedisJournal> {
  const journal = open(server, retention, key);
  await until(() => journal.isReady());
  return journal;
}

/** A journal that has found its Redis, but may not be ready for what is in there. */
export async function connectStore(
  server: { url: string },
  retention: Retention,
): Promise<RedisJournal> {
  const journal = open(server, retention);
  await until(() =>
    journal.changed([], ORIGIN, ORIGIN).then(() => true, () => false)
  );
  return journal;
}

export function publish(
  journal: Journal,
  ...data: string[]
): Promise<EventId[]> {
  return journal.append(data.map((data) => ({ channel: "a", data })));
}

/** Reads a tail on up to an id, also past what it skips. Whether it has skipped something. */
export async function catchUp(tail: TailReader, id: EventId): Promise<boolean> {
  let skips = false;
  while (true) {
    const { gap, last } = await tail.next();
    assert(gap !== "reset");
    skips ||= gap === "skip";
    if (last === id) return skips;
  }
}

/** The data of all that the journal holds of a channel. */
export async function heldData(
  journal: Journal,
  channel = "a",
): Promise<string[]> {
  return (await heldEvents(journal, [channel])).map(({ data }) => data);
}

/** The data of what the journal has in between. */
export async function dataBetween(
  journal: Journal,
  after: EventId,
  upTo?: EventId,
): Promise<string[]> {
  const events = await readEvents(journal, ["a"], after, upTo);
  assert(events, `cannot tell what came after ${after}`);
  return events.map(({ data }) => data);
}
