import { assert, assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { assertExactlyOnce } from "./exactly_once.ts";
import { publish } from "../support/publish.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

/** Registers a test of several Chimes that share a Redis. */
function test(
  name: string,
  run: (redis: RedisServer) => Promise<void>,
): void {
  Deno.test({
    name: redisMissing ? `${name} (skipped: ${redisMissing})` : name,
    ignore: redisMissing !== undefined,
    async fn() {
      await using redis = await RedisServer.start({ isDurable: true });
      await run(redis);
    },
  });
}

/** Starts a Chime that uses the Redis. */
async function start(redis: RedisServer): Promise<ServerProcess> {
  const server = await startServer([
    ...["--port", "0", "--token", "t", "--journal", redis.url],
    ...["--retain-events", "200000"],
  ]);
  await until(() => isReady(server));
  return server;
}

async function isReady({ url }: ServerProcess): Promise<boolean> {
  const response = await fetch(`${url}readyz`);
  await response.body?.cancel();
  return response.ok;
}

/** Returns the data of the next events, status events included. */
async function take(reader: EventReader, count: number): Promise<string[]> {
  return (await reader.take(count)).filter(({ comment }) =>
    comment === undefined
  ).map(({ data }) => data!);
}

test("Clients of three instances, cut and moved from one to the next, get every event once and in one order", async (redis) => {
  await using a = await start(redis);
  await using b = await start(redis);
  await using c = await start(redis);
  await assertExactlyOnce([a.url, b.url, c.url], "t", {
    publishers: 20,
    events: 100_000,
    clients: 200,
    channels: 20,
    cuts: 5,
    maxMs: 120_000,
    seed: 11,
  });
});

test("An instance that is killed loses nothing: its clients resume on the others", async (redis) => {
  await using a = await start(redis);
  await using b = await start(redis);
  const reader = await EventReader.open(`${a.url}sse/news`);
  await publish(b.url, "news", "1");
  const [first] = await reader.take(1);
  assertEquals(first!.data, "1");
  await a.kill("SIGKILL");
  await reader.rest().catch(() => []);
  await publish(b.url, "news", "2");
  await using again = await EventReader.open(`${b.url}sse/news`, {
    headers: { "last-event-id": first!.id! },
  });
  assertEquals(await take(again, 2), [
    "2",
    '{"state":"resumed","replayed":1}',
  ]);
});

test("Every instance gives a channel's events the same ids", async (redis) => {
  await using a = await start(redis);
  await using b = await start(redis);
  const ids = [];
  for (let i = 0; i < 10; i++) {
    const { id } = await publish(i % 2 ? a.url : b.url, "news", `${i}`);
    ids.push(id);
  }
  for (const { url } of [a, b]) {
    await using reader = await EventReader.open(
      `${url}sse/news?since=earliest`,
    );
    assertEquals((await reader.take(10)).map(({ id }) => id), ids);
  }
});

test("While Redis is away streams stay open and publishing is refused; then all goes on where it was", async (redis) => {
  await using server = await start(redis);
  await using reader = await EventReader.open(`${server.url}sse/news`);
  await publish(server.url, "news", "1");
  assertEquals(await take(reader, 1), ["1"]);

  await redis.stop();
  await until(async () => !await isReady(server));
  const response = await fetch(`${server.url}sse/news`, {
    method: "POST",
    headers: { authorization: "Bearer t" },
    body: "refused",
  });
  assertEquals(response.status, 503);
  assert(response.headers.has("retry-after"));
  const { detail } = await response.json();
  assert(!detail.includes("Bearer"), detail);
  // A client that comes meanwhile waits, and is not refused.
  await using late = await EventReader.open(
    `${server.url}sse/news?since=earliest`,
  );

  await redis.start();
  await until(() => isReady(server));
  await publish(server.url, "news", "2");
  assertEquals(await take(reader, 1), ["2"]);
  // It may read before or after the second message.
  const came = await take(late, 3);
  assertEquals(came.filter((data) => !data.startsWith("{")), ["1", "2"]);
  assertEquals(came.some((data) => data.includes("resumed")), true);
});

test("A Redis that comes back empty is a reset for everybody", async (redis) => {
  await using a = await start(redis);
  await using b = await start(redis);
  await using reader = await EventReader.open(`${a.url}sse/news`);
  await using other = await EventReader.open(`${b.url}sse/news`);
  const { id } = await publish(a.url, "news", "1");
  assertEquals(await take(reader, 1), ["1"]);
  assertEquals(await take(other, 1), ["1"]);

  await redis.command("FLUSHALL");
  assertEquals(await take(reader, 1), ['{"state":"reset"}']);
  assertEquals(await take(other, 1), ['{"state":"reset"}']);
  await publish(b.url, "news", "2");
  assertEquals(await take(reader, 1), ["2"]);
  assertEquals(await take(other, 1), ["2"]);
  await using late = await EventReader.open(`${b.url}sse/news`, {
    headers: { "last-event-id": id },
  });
  assertEquals(await take(late, 1), ['{"state":"reset"}']);
});

Deno.test({
  name: redisMissing
    ? `A Chime that starts before its Redis waits for it (skipped: ${redisMissing})`
    : "A Chime that starts before its Redis waits for it",
  ignore: redisMissing !== undefined,
  async fn() {
    await using redis = await RedisServer.prepare();
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--journal", redis.url],
    ]);
    assertEquals(await isReady(server), false);
    await using reader = await EventReader.open(`${server.url}sse/news`);
    await redis.start();
    await until(() => isReady(server));
    await publish(server.url, "news", "1");
    assertEquals(await take(reader, 1), ["1"]);
    await using ticks = await EventReader.open(`${server.url}sse/`);
    assertEquals((await ticks.take(1)).length, 1);
  },
});
