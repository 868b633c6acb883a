import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SqliteJournal } from "../../journal/sqlite/journal.ts";
import { EventReader } from "../support/event_reader.ts";
import { PLENTY } from "../journal/contract.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { damagePages } from "../support/damage_pages.ts";
import { within } from "../support/within.ts";
import { untilLogged } from "../support/log_lines.ts";
import { untilReady } from "./until_ready.ts";

const RESET = '{"state":"reset"}';

/**
 * Makes a journal of two channels, the second of which is damaged at its end. Returns the id before that one's events.
 */
async function makeDamaged(file: string): Promise<string> {
  const journal = new SqliteJournal(file, PLENTY);
  const ids = await journal.append(Array.from({ length: 200 }, (_, i) => ({
    channel: i < 100 ? "whole" : i < 199 ? "torn" : "last",
    data: `<${i}>`.repeat(200),
  })));
  await journal[Symbol.asyncDispose]();
  assert(await damagePages(file, "<190>") > 0);
  return ids[99]!;
}

for (const workers of ["1", "2"]) {
  Deno.test(`A stream whose events are damaged in the file is reset, and others are not, with ${workers} worker(s)`, async () => {
    await using at = await sqliteFolder();
    const id = await makeDamaged(at.file);
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--journal", `sqlite:${at.file}`],
      ...["--workers", workers],
    ]);
    await untilReady(server.url, 200);
    await using live = await EventReader.open(`${server.url}sse/torn`);

    for (
      const [query, from] of [
        ["", id],
        ["?latest=20", ""],
        ["?since=earliest", ""],
      ] as const
    ) {
      await using reader = await EventReader.open(
        `${server.url}sse/torn${query}`,
        from ? { headers: { "last-event-id": from } } : {},
      );
      let event;
      const ids = [];
      while ((event = await reader.next())!.event !== "status") {
        ids.push(event!.id);
      }
      assertEquals([query, event!.data], [query, RESET]);
      assertEquals(new Set(ids).size, ids.length);
      const { id: next } = await publish(server.url, "torn", "new");
      // No later event is lost or sent twice.
      assertEquals((await within(reader.next()))!.id, next);
      assertEquals((await within(live.next()))!.id, next);
    }

    await using whole = await EventReader.open(
      `${server.url}sse/whole?since=earliest`,
    );
    const events = await within(whole.take(101));
    assertEquals(events[100]!.data, '{"state":"resumed","replayed":100}');

    const { detail } = await untilReady(server.url, 503);
    assertEquals(detail, "The server is without its journal");
    const metrics = await scrape(server.url);
    assertEquals(metrics.get("chime_journal_ready"), 0);
    assertEquals(await untilLogged(server, / the journal /, 2), [
      `warn cannot optimize the journal "${at.file}" error="Error: database disk image is malformed"`,
      `warn the journal failed: cannot read "${at.file}": database disk image is malformed`,
    ]);
  });
}

Deno.test("A journal's file that is damaged or foreign ends Chime with one line and exit code 1", async () => {
  await using at = await sqliteFolder();
  await Deno.writeTextFile(at.file, "a text, and no database");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-P=serve", "main.ts", "--port", "0"],
      ...["--journal", `sqlite:${at.file}`],
    ],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const [out, error] = [stdout, stderr].map((text) =>
    new TextDecoder().decode(text)
  );
  assertEquals(code, 1);
  assertEquals(out, "");
  assertMatch(
    error!.replace(/^Warning Permissions.*\n/, ""),
    /^\S+Z error Cannot open the journal ".*events\.db": file is not a database\n$/,
  );
  assertEquals(await Deno.readTextFile(at.file), "a text, and no database");
});

for (const what of ["file", "link"]) {
  Deno.test(`Chime accepts nothing when its ${what} is deleted, says so, and continues when the same is back`, async () => {
    await using at = await sqliteFolder();
    await using elsewhere = await sqliteFolder();
    if (what === "link") {
      await new SqliteJournal(elsewhere.file, PLENTY)[Symbol.asyncDispose]();
      await Deno.symlink(elsewhere.file, at.file);
    }
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--journal", `sqlite:${at.file}`],
    ]);
    await publish(server.url, "a", "1");
    await untilReady(server.url, 200);
    await Deno.rename(at.file, `${at.file}.away`);
    await assertRejects(
      () => publish(server.url, "a", "2"),
      Error,
      "503: ",
    );
    await untilReady(server.url, 503);
    await Deno.rename(`${at.file}.away`, at.file);
    await untilReady(server.url, 200);
    await publish(server.url, "a", "3");
    assertEquals(await untilLogged(server, / the journal /, 2), [
      `warn the journal failed: cannot append to "${at.file}": its file is gone`,
      "info the journal works again",
    ]);
    await using reader = await EventReader.open(
      `${server.url}sse/a?since=earliest`,
    );
    const events = await within(reader.take(2));
    assertEquals(events.map(({ data }) => data), ["1", "3"]);
  });
}
