import { assertEquals, assertRejects } from "@std/assert";
import {
  type Entry,
  type Journal,
  KeyConflictError,
} from "../../../journal/journal.ts";
import { KEY_LIFETIME_MS, MAX_KEYS } from "../../../journal/keyed_store.ts";
import { heldEvents } from "../../support/read_events.ts";
import { TailReader } from "../../support/tail_reader.ts";
import { type Contract, message } from "./backend.ts";

/** How it is tested that a key's message is published once. */
export function testKeys(contract: Contract): void {
  contract.test("publishes once what comes twice with one key", async (journal) => {
    const tail = new TailReader(journal);
    await tail.start();
    const [first] = await journal.append([keyed("1", "k", "h")]);
    const again = await journal.append([
      message("a", "2"),
      keyed("1", "k", "h"),
      keyed("3", "k2", "h"),
      keyed("3", "k2", "h"),
    ]);
    assertEquals(again[1], first);
    assertEquals(again[3], again[2]);
    assertEquals(await data(journal), ["1", "2", "3"]);
    assertEquals((await tail.take(3)).map(({ data }) => data), ["1", "2", "3"]);
    const kept = await heldEvents(journal, ["a"]);
    assertEquals(kept.map(({ id }) => id), [first, again[0], again[2]]);
    assertEquals(kept[0], { channel: "a", data: "1", id: first! });
  });

  contract.test("says how many of a batch it appends", async (journal) => {
    const batch = [keyed("1", "k", "h"), message("a", "2")];
    const first = await journal.publish(batch);
    assertEquals(first.count, 2);
    const second = await journal.publish([
      ...batch,
      keyed("3", "k3", "h"),
      keyed("3", "k3", "h"),
    ]);
    assertEquals(second.count, 2);
    assertEquals(second.ids[0], first.ids[0]);
    assertEquals(second.ids[3], second.ids[2]);
    const [id] = first.ids;
    assertEquals(await journal.publish([keyed("1", "k", "h")]), {
      ids: [id],
      count: 0,
    });
    assertEquals(await journal.publish([]), { ids: [], count: 0 });
    assertEquals(await data(journal), ["1", "2", "2", "3"]);
  });

  contract.test("knows a key whose event was driven out", async (journal) => {
    const [first] = await journal.append([keyed("1", "k", "h")]);
    await journal.append([message("a", "2")]);
    assertEquals(await journal.append([keyed("1", "k", "h")]), [first]);
    assertEquals(await data(journal), ["2"]);
  }, { maxEvents: 1 });

  contract.test(
    "forgets the oldest keys beyond their number",
    async (journal) => {
      const batchOf = (from: number, count: number) =>
        Array.from({ length: count }, (_, i) => keyed("", `${from + i}`, "h"));
      const SIZE = 10_000;
      for (let from = 0; from < MAX_KEYS; from += SIZE) {
        await journal.append(batchOf(from, SIZE));
      }
      assertEquals((await journal.publish(batchOf(0, 2))).count, 0);
      await journal.append([keyed("", "more", "h")]);
      const newest = [...batchOf(MAX_KEYS - 2, 2), keyed("", "more", "h")];
      assertEquals((await journal.publish(newest)).count, 0);
      assertEquals((await journal.publish(batchOf(0, 1))).count, 1);
    },
    { maxEvents: 10_000 },
  );

  contract.test("publishes once what comes at once with one key", async (journal) => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => journal.append([keyed("1", "k", "h")])),
    );
    assertEquals(new Set(ids.flat()).size, 1);
    assertEquals(await data(journal), ["1"]);
  });

  contract.test("publishes nothing where a key comes with another message", async (journal) => {
    await journal.append([keyed("1", "k", "h1")]);
    const batches: Entry[][] = [
      [keyed("2", "k", "h2")],
      [message("a", "3"), keyed("2", "k", "h2"), message("b", "4")],
      [keyed("5", "new", "h1"), keyed("6", "new", "h2")],
    ];
    for (const batch of batches) {
      const error = await assertRejects(
        () => journal.append(batch),
        KeyConflictError,
      );
      assertEquals(error.message.includes("\n"), false);
      assertEquals(error.keyName, batch === batches[2] ? "new" : "k");
    }
    assertEquals(await data(journal), ["1"]);
    // A key that came with what was refused is free.
    await journal.append([keyed("7", "new", "h7")]);
    assertEquals(await data(journal), ["1", "7"]);
  });

  contract.test("keeps any text as a key", async (journal) => {
    const names = ["", " ", "\0", "a:b", "{x}", "\u{1F701}", "__proto__"];
    for (const round of [1, 2]) {
      for (const name of names) {
        await journal.append([keyed(name, name, "\u{1F701}\0")]);
      }
      assertEquals((await data(journal)).length, names.length, `${round}`);
    }
  });

  contract.testInTime(
    "knows a key as long as its event, and for ten minutes at least",
    async (journal, time) => {
      await journal.append([keyed("1", "k", "h")]);
      await journal.append([message("a", "2")]);
      await time.pass(KEY_LIFETIME_MS - 5_000);
      await journal.append([keyed("1", "k", "h")]);
      assertEquals(await data(journal), ["2"]);
      await time.pass(10_000);
      await journal.append([keyed("1", "k", "h")]);
      assertEquals(await data(journal), ["1"]);
      await time.pass(3 * KEY_LIFETIME_MS);
      await journal.append([keyed("1", "k", "h")]);
      assertEquals(await data(journal), ["1"]);
      assertEquals((await journal.append([keyed("3", "k", "h")])).length, 1);
      assertEquals(await data(journal), ["1"]);
    },
    { maxEvents: 1 },
  );
}

function keyed(data: string, name: string, hash: string): Entry {
  return { ...message("a", data), key: { name, hash } };
}

async function data(journal: Journal): Promise<string[]> {
  return (await heldEvents(journal, ["a", "b"])).map(({ data }) => data);
}
