import { assertEquals } from "@std/assert";
import { publish } from "../support/publish.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { told } from "../support/told.ts";
import { untilReady } from "./until_ready.ts";

/** Tries the criterion with one worker, and with two. */
function test(
  criterion: string,
  run: (redis: RedisServer, workers: string) => Promise<void>,
): void {
  const reason = redisMissing ? ` (skipped: ${redisMissing})` : "";
  for (const workers of ["1", "2"]) {
    Deno.test({
      name: `Chime ${criterion}, workers: ${workers}${reason}`,
      ignore: redisMissing !== undefined,
      async fn() {
        await using redis = await RedisServer.start();
        await run(redis, workers);
      },
    });
  }
}

function start(redis: RedisServer, workers: string): Promise<ServerProcess> {
  return startServer([
    ...["--port", "0", "--token", "t", "--workers", workers],
    ...["--journal", redis.url],
  ]);
}

test(
  "tells a client reset whose last event Redis has lost, and resumes all others",
  async (redis, workers) => {
    await using one = await start(redis, workers);
    await using two = await start(redis, workers);
    for (const { url } of [one, two]) await untilReady(url, 200);
    const { id: kept } = await publish(one.url, "news", "1");
    await publish(one.url, "news", "2");
    await redis.command("SAVE");
    const { id: lost } = await publish(two.url, "news", "3");
    await publish(two.url, "news", "4");
    await redis.stop("SIGKILL");
    for (const { url } of [one, two]) await untilReady(url, 503);
    await redis.start();
    for (const { url } of [one, two]) await untilReady(url, 200);
    // A second one after them, so that the lost id lies between two that are there.
    await publish(one.url, "news", "5");
    await publish(two.url, "news", "6");
    for (const { url } of [one, two]) {
      assertEquals(await told(url, kept), [
        ...["2", "5", "6"],
        '{"state":"resumed","replayed":3}',
      ]);
      assertEquals((await told(url, lost))[0], '{"state":"reset"}');
    }
  },
);

test(
  "resumes all clients where all of Chime and Redis were restarted, and nothing was lost",
  async (redis, workers) => {
    let id;
    {
      await using chime = await start(redis, workers);
      await untilReady(chime.url, 200);
      ({ id } = await publish(chime.url, "news", "1"));
      await publish(chime.url, "news", "2");
    }
    await redis.command("SAVE");
    await redis.stop("SIGKILL");
    await redis.start();
    await using chime = await start(redis, workers);
    await untilReady(chime.url, 200);
    assertEquals(await told(chime.url, id), [
      "2",
      '{"state":"resumed","replayed":1}',
    ]);
  },
);
