import { assert, assertEquals } from "@std/assert";
import {
  epochOf,
  type EventId,
  eventId,
  eventIdMs,
  eventIdN,
  ORIGIN,
  placeOf,
} from "../../../events/event_id.ts";
import type { Journal } from "../../../journal/journal.ts";
import { after, EARLIEST, END, readAll } from "../../support/read_events.ts";
import { type Contract, message } from "./backend.ts";

/** How it is tested that ids are told from those of others. */
export function testProof(contract: Contract): void {
  contract.test("knows the ids that it gave out, and no others", async (journal) => {
    const ids = await journal.append(
      ["1", "2", "3"].map((data) => message("a", data)),
    );
    const kinds = async (...ids: EventId[]) => {
      const answers = await Promise.all(
        ids.map((id) => readAll(journal, ["a"], after(id))),
      );
      return answers.map(({ kind }) => kind);
    };
    const place = placeOf(ids[1]!);
    const epoch = epochOf(ids[1]!);
    assertEquals(await kinds(...ids), ["found", "found", "found"]);
    const others: EventId[] = [
      place,
      eventId(place, epoch === "aaaaaa" ? "bbbbbb" : "aaaaaa"),
      eventId(place, swapCase(epoch)),
      eventId(following(ids[2]!), epoch),
      eventId(`${eventIdMs(ids[2]!) + 3_600_000}-0`, epoch),
      eventId(END, epoch),
      ORIGIN,
      "1-0",
      `${eventIdMs(ids[2]!) + 3_600_000}-0`,
    ];
    const known = others.filter((id) => !ids.includes(id));
    for (const id of known) {
      assertEquals(await kinds(id), ["unknown"], id);
    }
  });

  contract.test("does not answer a hub that has seen another timeline", async (journal) => {
    const ids = await journal.append(
      ["a", "b"].map((name) => message(name, "")),
    );
    const [id, last] = ids as [EventId, EventId];
    const place = following(last);
    const others: EventId[] = [
      eventId(place, epochOf(last)),
      eventId(placeOf(last), swapCase(epochOf(last))),
    ].filter((other) => !ids.includes(other));
    for (const upTo of others) {
      for (
        const from of [after(id), EARLIEST, { kind: "since", ms: 1 }] as const
      ) {
        const answer = await readAll(journal, ["a", "b"], from, upTo);
        assertEquals(answer, { kind: "unknown" });
      }
      const names = ["b", "a", "none"];
      assertEquals(await journal.changed(names, id, upTo), names);
      assertEquals(await journal.changed(names, upTo, last), names);
    }
    assertEquals(await journal.changed(["a", "b"], id, last), ["b"]);
  });

  contract.test("says what it proves where nothing has been let go", async (journal) => {
    const ids = await journal.append([message("a", "1"), message("b", "2")]);
    const answer = await readAll(journal, ["a", "b"], EARLIEST);
    assert(answer.kind === "found");
    assertEquals(answer.records.map(({ id }) => id), ids);
    const floor = answer.unproved ?? ORIGIN;
    // There may have been an epoch before the first event, but no event.
    assert(floor === ORIGIN, floor);
    assertEquals(await readSince(journal, eventIdMs(ids[1]!) + 3_600_000), []);
    // Another journal may have been there before.
    assertEquals(
      await readAll(journal, ["a", "b"], { kind: "since", ms: 1 }),
      { kind: "gone", floor: ORIGIN },
    );
  });

  contract.test("waits for its tail where an id is known, but after the end of what was asked for", async (journal) => {
    const ids = await journal.append([message("a", "1"), message("a", "2")]);
    assertEquals(
      await journal.read(
        { channels: ["a"], from: after(ids[1]!), upTo: ids[0]! },
        { maxEvents: 9, maxLength: 99 },
      ),
      { kind: "found", records: [], isComplete: true },
    );
  });

  contract.test(
    "answers for streams of several channels only where each is complete",
    async (journal) => {
      const ids: EventId[] = [];
      for (const name of "abaabacaa") {
        ids.push(...await journal.append([message(name, `${ids.length}`)]));
      }
      // Of a, 0 2 3 5 are gone.
      const read = async (names: string, from: number) => {
        const answer = await readAll(journal, [...names], after(ids[from]!));
        return answer.kind === "found"
          ? answer.records.map(({ id }) => ids.indexOf(id)).join("")
          : answer.kind;
      };
      assertEquals(await read("a", 4), "gone");
      assertEquals(await read("a", 5), "78");
      assertEquals(await read("b", 0), "14");
      assertEquals(await read("bc", 0), "146");
      assertEquals(await read("none", 0), "");
      assertEquals(await read("ab", 4), "gone");
      assertEquals(await read("abc", 5), "678");

      const gone = await readAll(journal, ["a", "b"], after(ids[0]!));
      assertEquals(gone, { kind: "gone", floor: placeOf(ids[5]!) });
      const rest = await readAll(
        journal,
        ["a", "b"],
        after(ids[0]!, placeOf(ids[5]!)),
      );
      assert(rest.kind === "found");
      assertEquals(
        rest.records.map(({ id }) => ids.indexOf(id)).join(""),
        "1478",
      );
      const few = await readAll(
        journal,
        ["a", "b"],
        after(ids[0]!, placeOf(ids[4]!)),
      );
      assertEquals(few, gone);

      const held = async (...names: string[]) => {
        const answer = await readAll(journal, names, EARLIEST);
        assert(answer.kind === "found");
        return [answer.records.length, answer.unproved];
      };
      assertEquals(await held("a"), [2, placeOf(ids[5]!)]);
      assertEquals(await held("b"), [2, ORIGIN]);
      assertEquals(await held("b", "a"), [4, placeOf(ids[5]!)]);
      const changed = await journal.changed(["a", "b", "c"], ids[4]!, END);
      assertEquals(changed.toSorted(), ["a", "c"]);
      assertEquals(await journal.changed(["b"], ids[4]!, END), []);
    },
    { maxEvents: 2 },
  );

  contract.test(
    "finds a channel changed whose newer events are gone",
    async (journal) => {
      const [id] = await journal.append([message("b", "")]);
      await journal.append([message("a", "")]);
      await journal.append([message("a", "")]);
      assertEquals(await journal.changed(["a", "b"], id!, END), ["a"]);
    },
    { maxEvents: 1 },
  );
}

async function readSince(journal: Journal, ms: number) {
  const answer = await readAll(journal, ["a", "b"], { kind: "since", ms });
  assert(answer.kind === "found");
  return answer.records;
}

/** The place of the same ms that comes next. */
function following(id: EventId) {
  return `${eventIdMs(id)}-${eventIdN(id) + 1}` as const;
}

function swapCase(text: string): string {
  return text.replace(
    /[a-z]/gi,
    (c) => c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase(),
  );
}
