import { assertEquals } from "@std/assert";
import {
  connect,
  KEY,
  publish,
  testRedis,
} from "../../support/redis_fixture.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import { latestEvents, readEvents } from "../../support/read_events.ts";

testRedis("removes what is too old, without a reset", async (server) => {
  for (const id of ["1000-0", "2000-0"]) {
    await server.command("XADD", KEY, id, "channel", "a", "data", id);
  }
  await using journal = await connect(server, { maxEvents: 9, maxAgeMs: 1e6 });
  const tail = new TailReader(journal);
  assertEquals((await tail.next()).last, "2000-0");
  const [id] = await publish(journal, "1");
  assertEquals(await tail.until("1"), ["1"]);
  assertEquals(await journal.floor(), "2000-0");
  assertEquals(await readEvents(journal, ["a"], "1000-0", id!, 9), undefined);
  assertEquals(await latestEvents(journal, ["a"], "2000-0"), []);
  assertEquals((await latestEvents(journal, ["a"], id!)).length, 1);
});

testRedis(
  "removes what is too old though nothing is appended",
  async (server) => {
    for (const id of ["1000-0", "2000-0"]) {
      await server.command("XADD", KEY, id, "channel", "a", "data", id);
    }
    await using journal = await connect(server, {
      maxEvents: 9,
      maxAgeMs: 1e6,
    });
    // The tail removes what is too old.
    const tail = new TailReader(journal);
    await until(async () => {
      await tail.next();
      return await journal.floor() === "2000-0";
    });
  },
);
