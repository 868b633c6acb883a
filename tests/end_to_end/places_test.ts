import { assertEquals, assertNotEquals } from "@std/assert";
import { compareEventIds, type EventId } from "../../events/event_id.ts";
import { EventReader } from "../support/event_reader.ts";
import { publish } from "../support/publish.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { until } from "../support/until.ts";

/** A journal that outlives its Chime, or does not. */
interface Kept extends AsyncDisposable {
  readonly journal: string;
}

const JOURNALS: Record<string, () => Promise<Kept>> = {
  memory: () =>
    Promise.resolve({
      journal: "memory:",
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  sqlite: async () => {
    const { file, [Symbol.asyncDispose]: dispose } = await sqliteFolder();
    return { journal: `sqlite:${file}`, [Symbol.asyncDispose]: dispose };
  },
  redis: async () => {
    const redis = await RedisServer.start();
    return {
      journal: redis.url,
      [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
    };
  },
};

/** Registers a test for each journal, with one worker and with two. */
function test(
  name: string,
  run: (start: () => Promise<ServerProcess>, kind: string) => Promise<void>,
): void {
  for (const [kind, prepare] of Object.entries(JOURNALS)) {
    const missing = kind === "redis" ? redisMissing : undefined;
    for (const workers of ["1", "2"]) {
      Deno.test({
        name: `${name}: ${kind}, ${workers} workers${
          missing ? ` (skipped: ${missing})` : ""
        }`,
        ignore: missing !== undefined,
        async fn() {
          await using kept = await prepare();
          await run(async () => {
            const server = await startServer([
              ...["--port", "0", "--token", "t", "--workers", workers],
              ...["--journal", kept.journal, "--retain-total", "1MiB"],
            ]);
            await until(async () => {
              const answer = await fetch(`${server.url}readyz`);
              await answer.body?.cancel();
              return answer.ok;
            });
            return server;
          }, kind);
        },
      });
    }
  }
}

/** Opens a stream that brings the status `live`, too. */
async function open(
  { url }: ServerProcess,
  channels: string,
  lastId?: string,
): Promise<EventReader> {
  const response = await fetch(`${url}sse/${channels}`, {
    headers: lastId ? { "last-event-id": lastId } : {},
  });
  return new EventReader(response.body!, { hasLive: true });
}

function nameOf(event: { event?: string; data?: string } | undefined): string {
  return event?.event === "status" ? JSON.parse(event.data!).state : "event";
}

test(
  "A client that is cut by kill -9 before its first event loses nothing, or is told",
  async (start, kind) => {
    let lastId: string;
    {
      await using server = await start();
      await publish(server.url, "other", "before");
      await using reader = await open(server, "news");
      const live = await reader.next();
      assertEquals(nameOf(live), "live");
      lastId = live!.id!;
      await server.kill("SIGKILL");
      await reader.untilClosed();
    }
    await using server = await start();
    await publish(server.url, "news", "meanwhile");
    await using reader = await open(server, "news", lastId);
    const [first, second] = [
      await reader.next(),
      ...kind === "memory" ? [] : [await reader.next()],
    ];
    if (kind === "memory") {
      assertEquals(nameOf(first), "reset");
      assertNotEquals(first!.id, undefined);
      return;
    }
    assertEquals(first!.data, "meanwhile");
    assertEquals(second!.data, '{"state":"resumed","replayed":1}');
    assertEquals(
      compareEventIds(second!.id as EventId, first!.id as EventId),
      0,
    );
  },
);

test("A client of a silent channel resumes, though much more came than is kept", async (start) => {
  await using server = await start();
  const { first, last } = await listen(server);
  // Once nobody listens to the channel any more, no ring knows that nothing came.
  const resumesAfter = async (id: string) => {
    await using reader = await open(server, "silent", id);
    return nameOf(await reader.next());
  };
  await until(async () => await resumesAfter(first) === "reset");
  assertEquals(await resumesAfter(last), "resumed");
});

/** Listens to a channel without events, while others have more than is kept. */
async function listen(
  server: ServerProcess,
): Promise<{ first: string; last: string }> {
  await using reader = await open(server, "silent");
  const first = (await reader.next())!.id!;
  let last = first;
  for (let i = 0; i < 4; i++) {
    for (let n = 0; n < 3; n++) {
      await publish(server.url, "busy", "x".repeat(200_000));
    }
    const live = await reader.next();
    assertEquals(nameOf(live), "live");
    assertEquals(
      compareEventIds(live!.id as EventId, last as EventId) > 0,
      true,
    );
    last = live!.id!;
  }
  return { first, last };
}
