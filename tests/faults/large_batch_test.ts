import { assertEquals } from "@std/assert";
import { compareEventIds, type EventId } from "../../events/event_id.ts";
import { EventReader } from "../support/event_reader.ts";
import { publish } from "../support/publish.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { within } from "../support/within.ts";
import { untilReady } from "./until_ready.ts";

/** As many of a channel as are kept with default settings. */
const KEPT = 10_000;
const CLIENTS = 4;

/** A journal to start Chime with. */
interface Place extends AsyncDisposable {
  url: string;
}

const PLACES: readonly {
  name: string;
  skip?: string | undefined;
  make(): Promise<Place>;
}[] = [
  {
    name: "memory",
    make: () =>
      Promise.resolve({
        url: "memory:",
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
  {
    name: "SQLite",
    async make() {
      const at = await sqliteFolder();
      return {
        url: `sqlite:${at.file}`,
        [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: "Redis",
    skip: redisMissing,
    make: () => RedisServer.start(),
  },
];

async function publishBatch(url: string, count: number): Promise<Response> {
  const lines = Array.from({ length: count }, (_, i) => `{"data":"${i}"}\n`);
  return await fetch(`${url}sse/news`, {
    method: "POST",
    headers: {
      "authorization": "Bearer t",
      "content-type": "application/x-ndjson",
    },
    body: lines.join(""),
  });
}

for (const { name, skip, make } of PLACES) {
  for (const workers of [1, 2]) {
    Deno.test({
      name:
        `A batch of as many as are kept reaches whoever is connected, whole, and a larger one nobody, with the journal in ${name} and ${workers} worker(s)`,
      ignore: skip !== undefined,
      async fn() {
        await using place = await make();
        await using server = await startServer([
          ...["--port", "0", "--token", "t", "--journal", place.url],
          ...["--workers", `${workers}`],
        ]);
        await untilReady(server.url, 200);
        // What is kept of other channels is no matter.
        for (let i = 0; i < 120; i++) await publish(server.url, "other", "x");
        const readers = await Promise.all(
          Array.from(
            { length: CLIENTS },
            () => EventReader.open(`${server.url}sse/news`),
          ),
        );
        await publish(server.url, "other", "x");

        const refused = await publishBatch(server.url, KEPT + 1);
        assertEquals(refused.status, 413);
        assertEquals(
          (await refused.json()).detail,
          `Cannot publish ${
            KEPT + 1
          } messages at once: the journal keeps ${KEPT} of each channel (--retain-events)`,
        );
        const taken = await publishBatch(server.url, KEPT);
        assertEquals(taken.status, 201);
        const { ids } = await taken.json();

        await Promise.all(readers.map(async (reader) => {
          const events = await within(reader.take(KEPT));
          assertEquals(events.filter(({ event }) => event === "status"), []);
          // Compared one by one: a difference of so many lines helps nobody.
          assertEquals(events.length, KEPT);
          assertEquals(events.findIndex(({ id }, i) => id !== ids[i]), -1);
          await reader[Symbol.asyncDispose]();
        }));
        assertEquals(
          ids.toSorted((a: EventId, b: EventId) => compareEventIds(a, b)),
          ids,
        );
      },
    });
  }
}
