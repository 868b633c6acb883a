import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { publish } from "../support/publish.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { startServer } from "../support/server_process.ts";
import { untilReady } from "./until_ready.ts";
import { until } from "../support/until.ts";

const ROOT = new URL("../../", import.meta.url);

function test(
  criterion: string,
  run: (server: RedisServer) => Promise<void>,
  settings: string[] = [],
): void {
  const reason = redisMissing ? ` (skipped: ${redisMissing})` : "";
  Deno.test({
    name: `Chime ${criterion}${reason}`,
    ignore: redisMissing !== undefined,
    async fn() {
      await using server = await RedisServer.start({ settings });
      await run(server);
    },
  });
}

/** Starts Chime where it must end by itself, and returns how it did. */
async function failToStart(
  journal: string,
  workers: number,
): Promise<{ code: number; log: string; printed: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-P=serve", "--quiet", "main.ts", "--port", "0"],
      ...["--workers", `${workers}`],
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", CHIME_JOURNAL: journal },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    log: decoder.decode(stderr),
    printed: decoder.decode(stdout),
  };
}

/** Asserts on one line that says why, without the password. */
async function assertRefused(
  server: RedisServer,
  rest: { credentials?: string; path?: string },
  reason: string,
): Promise<void> {
  const { credentials = "", path = "" } = rest;
  const url = server.url.replace("//", `//${credentials}`) + path;
  for (const workers of [1, 2]) {
    const { code, log, printed } = await failToStart(url, workers);
    assertEquals(code, 1, log);
    assertEquals(printed, "");
    assertEquals(log.trimEnd().split("\n").length, 1, log);
    assertStringIncludes(
      log,
      `error cannot use the Redis at 127.0.0.1 port ${server.port}: ${reason}`,
    );
    assert(!log.includes("s3cret"), log);
  }
}

test(
  "ends with a line where Redis refuses the password, the user, or nobody",
  async (server) => {
    await assertRefused(server, { credentials: ":s3cret@" }, "WRONGPASS");
    await assertRefused(server, { credentials: "who:s3cret@" }, "WRONGPASS");
    await assertRefused(server, { credentials: "who@" }, "WRONGPASS");
    await assertRefused(server, {}, "NOAUTH");
  },
  ["--requirepass", "another"],
);

test(
  "ends with a line where Redis has no such database, or no password",
  async (server) => {
    await assertRefused(server, { path: "/99" }, "ERR DB index");
    await assertRefused(server, { credentials: ":s3cret@" }, "ERR AUTH");
  },
);

test(
  "waits for a Redis that is away, and for a password that becomes right again",
  async (server) => {
    await server.stop();
    await using chime = await startServer(
      ["--port", "0", "--token", "t", "--journal", server.url],
    );
    await untilReady(chime.url, 503);
    await server.start();
    await untilReady(chime.url, 200);
    await publish(chime.url, "news", "1");

    await server.command("CONFIG", "SET", "requirepass", "another");
    await server.commandAs("another", "CLIENT", "KILL", "TYPE", "normal");
    await untilReady(chime.url, 503);
    await until(() => chime.log.includes("Redis is away: NOAUTH"), {
      message: () => chime.log,
    });
    await server.commandAs("another", "CONFIG", "SET", "requirepass", "");
    await untilReady(chime.url, 200);
    await publish(chime.url, "news", "2");
  },
);
