import { assertEquals, assertNotEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { EventId } from "../../../events/event_id.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import { EARLIEST, readEvents } from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";

const CHANNEL = "a";

/** Damage to the log of a process that was killed. */
const DAMAGE: Readonly<Record<string, (log: Uint8Array) => Uint8Array>> = {
  "is lost": () => new Uint8Array(),
  "has a damaged header": (log) => log.fill(0xff, 8, 12),
  "has lost its end": (log) => log.subarray(0, log.length / 2 + 7),
  "has a flipped bit in its middle": (log) =>
    log.with(log.length >> 1, log[log.length >> 1]! ^ 1),
};

for (const [what, damage] of Object.entries(DAMAGE)) {
  Deno.test(`SqliteJournal whose write-ahead log ${what} does not know the ids of what is gone`, async () => {
    await using at = await sqliteFolder();
    await using copy = await sqliteFolder();
    using time = new FakeTime();
    using _log = new CapturedLog();
    await using journal = new SqliteJournal(at.file, PLENTY);
    const ids: EventId[] = [];
    for (let i = 0; i < 9; i++) {
      const appended = journal.append([{ channel: CHANNEL, data: `${i}` }]);
      await time.tickAsync(1);
      ids.push(...await appended);
    }
    // What would be there after the process was killed.
    await Deno.copyFile(at.file, copy.file);
    const log = damage(await Deno.readFile(`${at.file}-wal`));
    await Deno.writeFile(`${copy.file}-wal`, log);
    await using again = new SqliteJournal(copy.file, PLENTY);
    await time.tickAsync(20_000);

    const kept = await readEvents(again, [CHANNEL], EARLIEST);
    assertNotEquals(kept!.length, 9);
    assertEquals(
      await readEvents(again, [CHANNEL], ids[8]!),
      undefined,
    );
    const appended = again.append([{ channel: CHANNEL, data: "new" }]);
    await time.tickAsync(1);
    const [id] = await appended;
    assertEquals(await readEvents(again, [CHANNEL], ids[8]!, id!), undefined);
    assertEquals(await again.isReady(), true);
  });
}
