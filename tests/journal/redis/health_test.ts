import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { UnavailableError, UnreadableError } from "../../../journal/history.ts";
import type { Retention } from "../../../journal/journal.ts";
import { RedisJournal } from "../../../journal/redis/journal.ts";
import {
  connect,
  heldData,
  KEY,
  pass,
  publish,
  recordCount,
  testRedis,
  within,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import type { RedisServer } from "../../support/redis_server.ts";

const RETENTION: Retention = {
  maxEvents: 100,
  maxAgeMs: 60_000,
  maxBytes: 1e6,
};

/** A way in which Redis can be read and not written to. */
interface Trouble {
  code: string;
  settings?: readonly string[];
  begin(server: RedisServer): Promise<unknown>;
  end(server: RedisServer): Promise<unknown>;
}

const configure = (name: string, value: string) => (server: RedisServer) =>
  server.command("CONFIG", "SET", name, value);

/** Makes saving fail, or work: a file cannot take the place of a folder. */
async function save(server: RedisServer, canSave: boolean): Promise<void> {
  const [, folder] = await server.command("CONFIG", "GET", "dir") as string[];
  const place = `${folder}/dump.rdb`;
  await Deno.remove(place, { recursive: true }).catch(() => {});
  if (!canSave) await Deno.mkdir(place);
  await server.command("BGSAVE");
  const expected = `rdb_last_bgsave_status:${canSave ? "ok" : "err"}`;
  await until(async () =>
    `${await server.command("INFO", "persistence")}`.includes(expected)
  );
}

const TROUBLES: Trouble[] = [
  {
    code: "OOM",
    begin: configure("maxmemory", "1"),
    end: configure("maxmemory", "0"),
  },
  {
    code: "READONLY",
    begin: (server) => server.command("REPLICAOF", "127.0.0.1", "1"),
    end: (server) => server.command("REPLICAOF", "NO", "ONE"),
  },
  {
    code: "NOREPLICAS",
    begin: configure("min-replicas-to-write", "1"),
    end: configure("min-replicas-to-write", "0"),
  },
  {
    code: "MISCONF",
    settings: ["--save", "86400", "1000000"],
    begin: (server) => save(server, false),
    end: (server) => save(server, true),
  },
];

for (const { code, settings = [], begin, end } of TROUBLES) {
  testRedis(
    `delivers nothing that Redis refuses with ${code}, is not ready, and finds out by itself`,
    async (server, log) => {
      // Redis 6.2 has scripts write without the replicas that others must wait for.
      if (code === "NOREPLICAS" && await major(server) < 7) return;
      using time = new FakeTime();
      await using journal = new RedisJournal({
        url: server.url,
        key: KEY,
        retention: RETENTION,
      });
      await within(3, time, () => journal.isReady());
      await publish(journal, "1");
      const count = await recordCount(server);

      // Nobody publishes.
      await begin(server);
      await within(6, time, async () => !await journal.isReady());
      assertEquals(log.lines.length, 1, log.lines.join("\n"));
      assert(log.has(`the journal failed: ${code}`), log.lines.join("\n"));
      await end(server);
      await within(6, time, () => journal.isReady());
      assertEquals(log.lines[1], "info the journal works again");

      // Somebody does.
      await begin(server);
      for (const data of [["2"], ["3", "4"]]) {
        await assertRejects(
          () => publish(journal, ...data),
          UnavailableError,
          `The journal failed: ${code}`,
        );
        assertEquals(await journal.isReady(), false);
      }
      assertEquals(await recordCount(server), count);
      assertEquals(log.lines.length, 3, log.lines.join("\n"));
      await end(server);
      await publish(journal, "5");
      assertEquals(await journal.isReady(), true);
      assertEquals(await heldData(journal), ["1", "5"]);
    },
    { settings },
  );
}

testRedis(
  "reads from a Redis that takes no writes when it connects, and is not ready",
  async (server, log) => {
    let id;
    {
      await using journal = await connect(server);
      [id] = await publish(journal, "1");
    }
    await server.command("CONFIG", "SET", "maxmemory", "1");
    await using journal = new RedisJournal({
      url: server.url,
      key: KEY,
      retention: RETENTION,
    });
    await until(() => log.has("the journal failed: OOM"));
    assertEquals((await new TailReader(journal).next()).last, id);
    assertEquals(await until(() => heldData(journal).catch(() => null)), ["1"]);
    assertEquals(await journal.isReady(), false);
    await assertRejects(() => publish(journal, "2"), UnavailableError, "OOM");
    assert(!log.has("Redis is away"), log.lines.join("\n"));
  },
);

testRedis(
  "is not ready while a replica has nothing to answer with, and waits for it",
  async (server, log) => {
    using time = new FakeTime();
    await using journal = await connectIn(time, server);
    await server.command("CONFIG", "SET", "replica-serve-stale-data", "no");
    await server.command("REPLICAOF", "127.0.0.1", "1");
    await within(6, time, async () => !await journal.isReady());
    // A refusal is an answer: the connection lives on.
    await pass(6, time);
    const error = await assertRejects(
      () => heldData(journal),
      UnavailableError,
    );
    assert(!(error instanceof UnreadableError));
    assertEquals(log.lines.map((line) => /MASTERDOWN/.test(line)), [true]);
    await server.command("REPLICAOF", "NO", "ONE");
    await within(6, time, () => journal.isReady());
  },
);

testRedis(
  "delivers nothing while Redis is busy with another's script, and is not ready",
  async (server, log) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    await tail.next();
    const count = await recordCount(server);
    // It runs until it is killed.
    const busy = server.command("EVAL", "while true do end", "0")
      .catch(() => {});
    await until(() =>
      server.command("PING").then(
        () => false,
        ({ message }) => message.startsWith("BUSY"),
      )
    );
    await assertRejects(() => publish(journal, "1"), UnavailableError, "BUSY");
    assertEquals(await journal.isReady(), false);
    await server.command("SCRIPT", "KILL");
    await busy;
    assertEquals(await recordCount(server), count);
    await publish(journal, "2");
    assertEquals(await tail.until("2"), ["2"]);
    await until(() => journal.isReady());
    assert(log.has("the journal failed: BUSY"), log.lines.join("\n"));
  },
  { settings: ["--lua-time-limit", "1"] },
);

testRedis(
  "begins a journal only once Redis takes writes",
  async (server, log) => {
    using time = new FakeTime();
    await server.command("CONFIG", "SET", "maxmemory", "1");
    await using journal = new RedisJournal({
      url: server.url,
      key: KEY,
      retention: RETENTION,
    });
    await until(() => log.has("the journal failed: OOM"));
    const tail = new TailReader(journal);
    assertEquals((await tail.next()).last, "0-0");
    await assertRejects(() => publish(journal, "1"), UnavailableError, "OOM");
    assertEquals(await server.command("DBSIZE"), 0);
    await server.command("CONFIG", "SET", "maxmemory", "0");
    await within(6, time, () => journal.isReady());
    // A client that stood at the beginning of nothing cannot know what it has missed.
    await tail.reset();
    await publish(journal, "2");
    assertEquals(await tail.until("2"), ["2"]);
  },
);

async function connectIn(
  time: FakeTime,
  server: RedisServer,
): Promise<RedisJournal> {
  const journal = new RedisJournal({
    url: server.url,
    key: KEY,
    retention: RETENTION,
  });
  await within(3, time, () => journal.isReady());
  return journal;
}

async function major(server: RedisServer): Promise<number> {
  const info = `${await server.command("INFO", "server")}`;
  return Number(/^redis_version:(\d+)/m.exec(info)![1]);
}
