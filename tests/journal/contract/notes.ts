import { assert, assertEquals } from "@std/assert";
import type { EventId } from "../../../events/event_id.ts";
import { isNote } from "../../../journal/note.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import {
  after,
  EARLIEST,
  END,
  heldEvents,
  latestEvents,
  readAll,
} from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { until } from "../../support/until.ts";
import { type Contract, message } from "./backend.ts";

const NOTE = {
  note: "from-the-future",
  channel: "a",
  payload: `{"version":"9.8.7","text":"\u{1F701}"}`,
};

/** How notes are tested. */
export function testNotes(contract: Contract): void {
  contract.test("brings and reads notes at their place, and counts none", async (journal) => {
    using _log = new CapturedLog();
    const tail = new TailReader(journal);
    const start = await tail.start();
    const ids: EventId[] = [];
    ids.push(...await journal.append([message("a", "1"), NOTE]));
    ids.push(...await journal.append([message("a", "2")]));
    ids.push(
      ...await journal.append([{ note: "from-the-future", channel: "b" }]),
    );
    ids.push(...await journal.append([{ note: "from-the-future" }]));
    ids.push(...await journal.append([message("b", "3")]));
    const note = { ...NOTE, id: ids[1] };
    const expected = [
      { channel: "a", data: "1", id: ids[0] },
      note,
      { channel: "a", data: "2", id: ids[2] },
      { note: "from-the-future", channel: "b", id: ids[3] },
      { note: "from-the-future", id: ids[4] },
      { channel: "b", data: "3", id: ids[5] },
    ];
    while (tail.events.length < 3) await tail.next();
    assertEquals(tail.records.slice(-6) as unknown[], expected);
    const read = async (channels: string[], from: EventId) => {
      const answer = await readAll(journal, channels, after(from));
      assert(answer.kind === "found");
      return answer.records as unknown[];
    };
    assertEquals(await read(["a"], start), expected.slice(0, 3));
    assertEquals(await read(["a"], ids[1]!), expected.slice(2, 3));
    assertEquals(await read(["b"], start), [expected[3], expected[5]]);
    assertEquals(await read(["a", "b"], ids[0]!), [
      ...expected.slice(1, 4),
      expected[5],
    ]);
    const newest = await latestEvents(journal, ["a", "b"], ids[5]!, 2);
    assertEquals(newest.map(({ data }) => data), ["1", "2", "3"]);
    assertEquals(await journal.changed(["a", "b"], ids[2]!, END), ["b"]);
  });

  contract.test(
    "does not count notes for a channel's limit",
    async (journal) => {
      using _log = new CapturedLog();
      const ids = await journal.append([message("a", "1"), message("a", "2")]);
      for (let i = 0; i < 5; i++) {
        await journal.append([{ ...NOTE, payload: `${i}` }]);
      }
      assertEquals(
        (await heldEvents(journal, ["a"])).map(({ id }) => id),
        ids,
      );
      await journal.append([message("a", "3")]);
      const held = await readAll(journal, ["a"], EARLIEST);
      assert(held.kind === "found");
      assertEquals(
        held.records.map((record) => isNote(record) ? "note" : record.data),
        ["2", ...Array(5).fill("note"), "3"],
      );
      await journal.append([message("a", "4")]);
      await journal.append([message("a", "5")]);
      const rest = await readAll(journal, ["a"], EARLIEST);
      assert(rest.kind === "found");
      assertEquals(
        rest.records.map((record) => isNote(record) ? "note" : record.data),
        ["4", "5"],
      );
    },
    { maxEvents: 2 },
  );

  contract.test("is not ready once it has a note of a kind that it does not know, and says who wrote it", async (journal) => {
    using log = new CapturedLog();
    assertEquals(await journal.isReady(), true);
    await journal.append([message("a", "1")]);
    assertEquals(await journal.isReady(), true);
    await journal.append([NOTE]);
    await journal.append([NOTE]);
    await until(async () => !await journal.isReady());
    const lines = log.records.filter(({ message, fields }) =>
      `${message} ${JSON.stringify(fields)}`.includes("from-the-future")
    );
    assertEquals(lines.length, 1);
    assert(JSON.stringify(lines[0]).includes("9.8.7"));
  });
}
