import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { publish } from "../support/publish.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { startServer } from "../support/server_process.ts";
import { logLines } from "../support/log_lines.ts";
import { untilReady } from "./until_ready.ts";

/** Longer than Chime waits for an answer of Redis, in ms. The process itself has to be stopped for so long. */
const STOPPED_MS = 5_500;

for (const workers of ["1", "2"]) {
  Deno.test({
    name:
      `Chime that was stopped for seconds does not say that Redis is away, with ${workers} worker(s)`,
    ignore: redisMissing !== undefined || Deno.build.os === "windows",
    async fn() {
      await using redis = await RedisServer.start();
      await using server = await startServer([
        ...["--port", "0", "--token", "t", "--workers", workers],
        ...["--journal", redis.url],
      ]);
      await untilReady(server.url, 200);
      Deno.kill(server.pid, "SIGSTOP");
      await delay(STOPPED_MS);
      Deno.kill(server.pid, "SIGCONT");
      await publish(server.url, "a", "1");
      await untilReady(server.url, 200);
      assertEquals(logLines(server.log, /Redis is|the journal/), []);
    },
  });
}
