import { assertEquals, assertRejects } from "@std/assert";
import {
  type Entry,
  type Journal,
  KeyConflictError,
} from "../../../journal/journal.ts";
import { KEY_LIFETIME_MS } from "../../../journal/keyed_store.ts";
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
