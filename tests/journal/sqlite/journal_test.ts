import { assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { DatabaseSync, StatementSync } from "node:sqlite";
import {
  compareEventIds,
  eventIdMs,
  eventIdN,
} from "../../../events/event_id.ts";
import { UnavailableError, UnreadableError } from "../../../journal/history.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY, testJournal } from "../contract.ts";
import {
  EARLIEST,
  latestEvents,
  readEvents,
} from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";

testJournal({
  name: "SqliteJournal",
  async open(retention, resources) {
    const { file } = resources.use(await sqliteFolder());
    return new SqliteJournal(file, retention);
  },
  async makeStore(resources) {
    const { file } = resources.use(await sqliteFolder());
    return (retention) => Promise.resolve(new SqliteJournal(file, retention));
  },
});

Deno.test("SqliteJournal goes on where it was closed", async () => {
  await using at = await sqliteFolder();
  let ids;
  {
    await using journal = new SqliteJournal(at.file, PLENTY);
    ids = await journal.append([{ channel: "a", data: "1", type: "t" }]);
  }
  await using journal = new SqliteJournal(at.file, PLENTY);
  const [next] = await journal.append([{ channel: "a", data: "2" }]);
  assertEquals(await readEvents(journal, ["a"], EARLIEST, next!, 9), [
    { channel: "a", data: "1", type: "t", id: ids[0]! },
    { channel: "a", data: "2", id: next! },
  ]);
});

Deno.test("SqliteJournal's ids rise across restarts though the system's clock is set back", async () => {
  using time = new FakeTime("2026-11-22T05:30:20Z");
  await using at = await sqliteFolder();
  const append = async () => {
    await using journal = new SqliteJournal(at.file, PLENTY);
    const appended = journal.append([{ channel: "a", data: "" }]);
    await time.tickAsync(1);
    return (await appended)[0]!;
  };
  await append();
  const before = await append();
  time.setSystemClock(-3_600_000);
  const after = await append();
  assertEquals(eventIdMs(after), eventIdMs(before));
  assertEquals(compareEventIds(after, before) > 0, true);
});

Deno.test("SqliteJournal commits what comes together at once, and refuses it together", async () => {
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, PLENTY);
  const appends = [
    journal.append([{ channel: "a", data: "1" }]),
    // No such key can be stored.
    journal.append([{
      channel: "a",
      data: "2",
      key: { name: 2n as unknown as string, hash: "" },
    }]),
    journal.append([{ channel: "a", data: "3" }]),
  ];
  for (const append of appends) {
    await assertRejects(() => append, UnavailableError, "The journal failed");
  }
  const [id] = await journal.append([{ channel: "a", data: "4" }]);
  const kept = await readEvents(journal, ["a"], EARLIEST, id!, 9);
  assertEquals(kept!.map(({ data }) => data), ["4"]);
});

Deno.test("SqliteJournal refuses nothing that it has committed", async () => {
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, PLENTY);
  const { prepare } = DatabaseSync.prototype;
  {
    using _ = stub(
      DatabaseSync.prototype,
      "prepare",
      function (this: DatabaseSync, sql) {
        if (/^UPDATE timeline/.test(sql)) throw new Error("disk I/O error");
        return prepare.call(this, sql);
      },
    );
    await assertRejects(
      () => journal.append([{ channel: "a", data: "refused" }]),
      UnavailableError,
      "disk I/O error",
    );
  }
  const [id] = await journal.append([{ channel: "a", data: "taken" }]);
  assertEquals(await readEvents(journal, ["a"], EARLIEST, id!, 9), [
    { channel: "a", data: "taken", id: id! },
  ]);
});

Deno.test("SqliteJournal commits what waits before it closes", async () => {
  await using at = await sqliteFolder();
  let appended;
  {
    await using journal = new SqliteJournal(at.file, PLENTY);
    appended = journal.append([{ channel: "a", data: "1" }]);
  }
  const [id] = await appended;
  await using journal = new SqliteJournal(at.file, PLENTY);
  assertEquals((await latestEvents(journal, ["a"], id!)).length, 1);
});

for (
  const [what, errcode, expected] of [
    ["SQLITE_BUSY", 5, UnavailableError],
    // The low byte is that of SQLITE_BUSY, SQLITE_NOMEM and SQLITE_IOERR.
    ["SQLITE_BUSY_SNAPSHOT", 517, UnavailableError],
    ["SQLITE_NOMEM", 7, UnavailableError],
    ["SQLITE_IOERR_READ", 266, UnreadableError],
    ["SQLITE_CORRUPT", 11, UnreadableError],
  ] as const
) {
  Deno.test(`SqliteJournal fails a reading with ${expected.name} on ${what}`, async () => {
    await using at = await sqliteFolder();
    await using journal = new SqliteJournal(at.file, PLENTY);
    const [id] = await journal.append([{ channel: "a", data: "1" }]);
    using _log = stub(console, "error", () => {});
    using _all = stub(StatementSync.prototype, "all", () => {
      throw Object.assign(new Error(what), { errcode });
    });
    await assertRejects(
      () => latestEvents(journal, ["a"], id!),
      expected,
      what,
    );
  });
}

Deno.test("SqliteJournal that is closed has every reading and every append wait, and blames no file", async () => {
  await using at = await sqliteFolder();
  const journal = new SqliteJournal(at.file, PLENTY);
  const [id] = await journal.append([{ channel: "a", data: "1" }]);
  await journal[Symbol.asyncDispose]();
  for (
    const ask of [
      () => readEvents(journal, ["a"], id!, id!),
      () => latestEvents(journal, ["a"], id!),
      () => journal.changed(["a"], id!, id!),
      () => journal.set("ticket", { key: "k", value: "v" }, 1_000),
      () => journal.take("ticket", "k"),
      () => journal.list("ticket"),
      () => journal.append([{ channel: "a", data: "2" }]),
    ]
  ) {
    await assertRejects(ask, UnavailableError, "The journal is closed");
  }
});

Deno.test("SqliteJournal brings no event of another channel where the index by channel is wrong", async () => {
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, PLENTY);
  const [id] = await journal.append([{ channel: "b", data: "1" }]);
  const [ms, n] = [eventIdMs(id!), eventIdN(id!)];
  using _log = stub(console, "error", () => {});
  using _all = stub(StatementSync.prototype, "all", () => [{ ms, n }] as never);
  await assertRejects(
    () => latestEvents(journal, ["a"], id!),
    UnreadableError,
    "the index is wrong",
  );
});
