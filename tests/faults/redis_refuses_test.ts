import { assert, assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

/** All that Chime needs but one, as an operator may forget it. */
const RIGHTS = [
  ..."+ping +select +script|load +eval +evalsha +info +time +type".split(" "),
  ..."+get +set +del +xadd +xinfo|stream +xlen +xrange +xread".split(" "),
  ..."+hdel +hget +hmget +hscan +hset +lindex +llen +lrange".split(" "),
  ..."+ltrim +rpush +zadd +zcard +zrange +zrem +zscore".split(" "),
];

/** Tries the criterion with one worker, and with two. */
function test(
  criterion: string,
  run: (server: RedisServer, workers: string) => Promise<void>,
): void {
  const reason = redisMissing ? ` (skipped: ${redisMissing})` : "";
  for (const workers of ["1", "2"]) {
    const name = `${criterion}, workers: ${workers}`;
    Deno.test({
      name: `Chime ${name}${reason}`,
      ignore: redisMissing !== undefined,
      async fn() {
        await using server = await RedisServer.start();
        await run(server, workers);
      },
    });
  }
}

function start(journal: string, workers: string): Promise<ServerProcess> {
  return startServer([
    ...["--port", "0", "--token", "t", "--workers", workers],
    ...["--journal", journal],
  ]);
}

/** Resolves once both `/readyz` and the metric say so. */
async function untilReady(url: string, isReady: boolean): Promise<void> {
  await until(async () => {
    const { status, body } = await fetch(`${url}readyz`);
    await body?.cancel();
    const metric = (await scrape(url)).get("chime_journal_ready");
    return (status === 200) === isReady && metric === Number(isReady);
  }, { message: () => `never ${isReady ? "" : "un"}ready` });
}

async function untilLogged(chime: ServerProcess, text: string): Promise<void> {
  await until(() => chime.log.includes(text), {
    message: () => `never logged ${text}: ${chime.log}`,
  });
}

async function publishStatus(url: string, data: string): Promise<number> {
  const { status, body } = await fetch(`${url}sse/news`, {
    method: "POST",
    headers: { authorization: "Bearer t" },
    body: data,
  });
  await body?.cancel();
  return status;
}

test(
  "delivers nothing that is answered with 503 to a user who may not do all that is needed",
  async (server, workers) => {
    await server.command(
      ...[
        "ACL",
        "SETUSER",
        "chime",
        "reset",
        "on",
        ">s3cret",
        "~chime",
        "~{chime}:*",
      ],
      ...RIGHTS,
    );
    const url = server.url.replace("//", "//chime:s3cret@");
    await using chime = await start(url, workers);
    await using reader = await EventReader.open(`${chime.url}sse/news`);
    for (const data of ["1", "2", "3"]) {
      assertEquals(await publishStatus(chime.url, data), 503);
    }
    await untilReady(chime.url, false);
    await untilLogged(chime, "XTRIM");
    assert(!chime.log.includes("s3cret"), chime.log);
    await server.command("ACL", "SETUSER", "chime", "+xtrim");
    await untilReady(chime.url, true);
    const { id } = await publish(chime.url, "news", "4");
    let event;
    do event = await reader.next(); while (event && !event.id);
    assertEquals([event!.id, event!.data], [id, "4"]);
  },
);

test(
  "says by itself that Redis takes nothing any more",
  async (server, workers) => {
    await using chime = await start(server.url, workers);
    await untilReady(chime.url, true);
    await server.command("REPLICAOF", "127.0.0.1", "1");
    await untilReady(chime.url, false);
    assertEquals(await publishStatus(chime.url, "1"), 503);
    await untilLogged(chime, "the journal failed: READONLY");
    await server.command("REPLICAOF", "NO", "ONE");
    await untilReady(chime.url, true);
    assertEquals(await publishStatus(chime.url, "2"), 201);
  },
);

test(
  "tells a client reset where Redis will not let it read what it missed",
  async (server, workers) => {
    await server.command(
      ...["ACL", "SETUSER", "chime", "on", ">s3cret", "~*", "+@all"],
    );
    const url = server.url.replace("//", "//chime:s3cret@");
    await using chime = await start(url, workers);
    await untilReady(chime.url, true);
    const { id } = await publish(chime.url, "news", "1");
    await publish(chime.url, "news", "2");
    await server.command("ACL", "SETUSER", "chime", "-lrange");
    await using reader = await EventReader.open(`${chime.url}sse/news`, {
      headers: { "last-event-id": id },
    });
    const event = await reader.next();
    assertEquals([event!.event, event!.data], ["status", '{"state":"reset"}']);
    await untilReady(chime.url, false);
  },
);
