import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { epochOf } from "../../../events/event_id.ts";
import {
  connect,
  dataBetween,
  open,
  publish,
  testRedis,
  within,
} from "../../support/redis_fixture.ts";
import { after, readAll } from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";

const NO_INFO = { settings: ["--rename-command", "INFO", ""] };

testRedis(
  "takes each connection for a life of Redis where that refuses INFO, and says so",
  async (server, log) => {
    await using one = await connect(server);
    const [first] = await publish(one, "1");
    const [second] = await publish(one, "2");
    assertEquals(epochOf(first!), epochOf(second!));
    await using two = await connect(server);
    const [third] = await publish(one, "3");
    assertNotEquals(epochOf(third!), epochOf(first!));
    // One life too many resets nobody.
    assertEquals(await dataBetween(two, first!), ["2", "3"]);
    const lines = log.lines.filter((line) => line.includes("refuses INFO"));
    assertEquals(lines.length, 2, log.lines.join("\n"));
  },
  NO_INFO,
);

testRedis(
  "makes all connections anew where one is lost and Redis refuses INFO",
  async (server) => {
    await using journal = await connect(server);
    const tail = new TailReader(journal);
    const { last: start } = await tail.next();
    const [first] = await publish(journal, "1");
    await tail.until("1");
    const ids = async () =>
      `${await server.command("CLIENT", "LIST", "TYPE", "normal")}`
        .split("\n").flatMap((line) => /^id=(\d+)/.exec(line)?.[1] ?? []);
    const before = (await ids()).slice(0, 2);
    await server.command("CLIENT", "KILL", "ID", before[1]!);
    await until(async () => {
      const now = await ids();
      return before.every((id) => !now.includes(id)) &&
        await journal.isReady();
    });
    const [second] = await publish(journal, "2");
    assertNotEquals(epochOf(second!), epochOf(first!));
    assertEquals(await tail.until("2"), ["2"]);
    assertEquals(await dataBetween(journal, start), ["1", "2"]);
    // They stay: the new ones do not end each other.
    const kept = await ids();
    await publish(journal, "3");
    await tail.until("3");
    assertEquals((await ids()).slice(0, 2), kept.slice(0, 2));
  },
  NO_INFO,
);

testRedis(
  "tells of what a restart lost where Redis refuses INFO",
  async (server) => {
    await using journal = await connect(server);
    const [kept] = await publish(journal, "1");
    await server.command("SAVE");
    const [lost] = await publish(journal, "2");
    await server.stop("SIGKILL");
    await until(async () => !await journal.isReady());
    await server.start();
    await until(() => journal.isReady());
    await publish(journal, "3");
    assertEquals(
      (await readAll(journal, ["a"], after(lost!))).kind,
      "unknown",
    );
    assertEquals(await dataBetween(journal, kept!), ["3"]);
  },
  NO_INFO,
);

testRedis(
  "goes on where INFO is refused from now on, and where it is allowed again",
  async (server, log) => {
    using time = new FakeTime();
    const user = ["ACL", "SETUSER", "chime", "on", ">p", "~*", "+@all"];
    await server.command(...user);
    await using journal = open({
      url: server.url.replace("//", "//chime:p@"),
    });
    await within(3, time, () => journal.isReady());
    const [first] = await publish(journal, "1");
    await server.command("ACL", "SETUSER", "chime", "-info");
    await within(9, time, () => log.has("refuses INFO"));
    await within(9, time, () => journal.isReady());
    const [second] = await publish(journal, "2");
    assertNotEquals(epochOf(second!), epochOf(first!));
    await server.command("ACL", "SETUSER", "chime", "+info");
    await within(9, time, () => log.has("INFO is allowed now"));
    await within(9, time, () => journal.isReady());
    await publish(journal, "3");
    assertEquals(await dataBetween(journal, first!), ["2", "3"]);
  },
);

testRedis(
  "says once that Redis may remove events before their time",
  async (server, log) => {
    await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    await using _journal = await connect(server);
    const lines = log.lines.filter((line) =>
      line.includes("maxmemory-policy is allkeys-lru")
    );
    assertEquals(lines.length, 1, log.lines.join("\n"));
    assert(log.has("noeviction"));
  },
);
