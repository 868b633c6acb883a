import { assert, assertEquals } from "@std/assert";
import { UnavailableError } from "../../../journal/history.ts";
import {
  catchUp,
  connect,
  dataBetween,
  publish,
  testRedis,
} from "../../support/redis_fixture.ts";
import { after, readAll } from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";

testRedis("tells now and then that nothing has come", async (server) => {
  await using journal = await connect(server);
  const tail = new TailReader(journal);
  const { last } = await tail.next();
  // Whoever waits for the history is woken by these.
  for (let i = 0; i < 3; i++) {
    assertEquals(await tail.next(), { records: [], last });
  }
});

testRedis(
  "loses and repeats nothing where Redis is stopped and started",
  async (server) => {
    await using one = await connect(server);
    await using two = await connect(server);
    const tail = new TailReader(one);
    const start = (await tail.next()).last;
    let isDone = false;
    const appended: string[] = [];
    const publishing = Promise.all([one, two].map(async (journal, n) => {
      for (let i = 0; !isDone; i++) {
        try {
          await publish(journal, `${n}:${i}`);
          appended.push(`${n}:${i}`);
        } catch (error) {
          assert(error instanceof UnavailableError);
          await until(() => journal.isReady());
        }
      }
    }));
    const reading = tail.until("end");
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const { length } = appended;
      await until(() => appended.length > length + 50);
      await server.stop(signal);
      await until(async () => !await one.isReady() && !await two.isReady());
      await server.start();
      await until(async () => await one.isReady() && await two.isReady());
    }
    isDone = true;
    await publishing;
    await publish(one, "end");
    const seen = await reading;
    assertEquals(new Set(seen).size, seen.length);
    assertEquals([...new Set(appended).difference(new Set(seen))], []);
    assertEquals(await dataBetween(two, start), seen);
  },
  { isDurable: true },
);

testRedis("tells of a reset where Redis comes back empty", async (server) => {
  await using one = await connect(server);
  await using two = await connect(server);
  const tails = [new TailReader(one), new TailReader(two)];
  for (const tail of tails) await tail.next();
  const [old] = await publish(one, "1");
  for (const tail of tails) await tail.until("1");
  await server.stop();
  await server.start();
  const [begin, ...others] = await Promise.all(
    tails.map((tail) => tail.reset()),
  );
  assertEquals(others, [begin!]);
  await until(async () => await one.isReady() && await two.isReady());
  await publish(two, "2");
  for (const tail of tails) assertEquals(await tail.until("2"), ["2"]);
  assertEquals(
    (await readAll(one, ["a"], after(old!))).kind,
    "unknown",
  );
  assertEquals(await dataBetween(one, begin!), ["2"]);
});

testRedis("tells of a reset where all is removed", async (server) => {
  await using journal = await connect(server);
  const tail = new TailReader(journal);
  await tail.next();
  const [old] = await publish(journal, "1");
  await tail.until("1");
  await server.command("FLUSHALL");
  const begin = await tail.reset();
  await server.command("FLUSHALL");
  // Before the tail looks again.
  const [id] = await publish(journal, "2", "3");
  await tail.reset();
  for (const lost of [old!, begin]) {
    assertEquals((await readAll(journal, ["a"], after(lost))).kind, "unknown");
  }
  assertEquals(await dataBetween(journal, id!), ["3"]);
  const [next] = await publish(journal, "4");
  await catchUp(tail, next!);
  assertEquals(tail.events.at(-1)!.data, "4");
});

testRedis(
  "lets a slow answer count as life as long as bytes come",
  async (server, log) => {
    // A line that takes longer for a record than Redis may be silent.
    await using slow = new SlowProxy(server.port, 300_000);
    await using there = await connect(server);
    await using journal = await connect({ url: slow.url });
    const tail = new TailReader(journal);
    await tail.next();
    const [id] = await publish(there, "x".repeat(1_000_000));
    await catchUp(tail, id!);
    assertEquals(tail.events.map(({ data }) => data.length), [1_000_000]);
    assertEquals(log.lines, []);
  },
);

/** A proxy in front of Redis that lets so many bytes a second through to the client. */
class SlowProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #port: number;
  readonly #bytesPerSecond: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #done: Promise<void>;

  constructor(port: number, bytesPerSecond: number) {
    this.#port = port;
    this.#bytesPerSecond = bytesPerSecond;
    this.#done = this.#accept();
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#close(...this.#open);
    await this.#done;
  }

  async #accept(): Promise<void> {
    const pumps: Promise<void>[] = [];
    for await (const client of this.#listener) {
      const redis = await Deno.connect({ port: this.#port });
      for (const connection of [client, redis]) this.#open.add(connection);
      pumps.push(this.#pump(client, redis, Infinity));
      pumps.push(this.#pump(redis, client, this.#bytesPerSecond));
    }
    await Promise.all(pumps);
  }

  async #pump(from: Deno.Conn, to: Deno.Conn, limit: number): Promise<void> {
    const bytes = new Uint8Array(16 * 1024);
    try {
      for (let count; (count = await from.read(bytes));) {
        for (let sent = 0; sent < count;) {
          sent += await to.write(bytes.subarray(sent, count));
        }
        const ms = 1_000 * count / limit;
        if (ms > 1) await new Promise((resolve) => setTimeout(resolve, ms));
      }
    } catch {
      // One of the two has gone.
    }
    this.#close(from, to);
  }

  #close(...connections: Deno.Conn[]): void {
    for (const connection of connections) {
      if (this.#open.delete(connection)) connection.close();
    }
  }
}
