import { assertEquals } from "@std/assert";
import { STORE_KINDS } from "../../../journal/keyed_store.ts";
import type { Contract } from "./backend.ts";

const LIFETIME_MS = 60_000;

/** How the keyed store is tested. */
export function testValues(contract: Contract): void {
  contract.test("gives a value to one of all that take it", async (journal) => {
    const entry = { key: "k", value: "v" };
    assertEquals(await journal.set("ticket", entry, LIFETIME_MS), true);
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => journal.take("ticket", "k")),
    );
    assertEquals(taken.filter((value) => value !== undefined), ["v"]);
    assertEquals(await journal.take("ticket", "k"), undefined);
    assertEquals(await journal.take("ticket", "none"), undefined);
  });

  contract.test("keeps any text, in place of an older one, by kind", async (journal) => {
    const texts = ["", " ", "\0", "a:b", "{x}", "\u{1F701}", "__proto__"];
    for (const text of texts) {
      for (const value of ["old", text]) {
        const entry = { key: text, value };
        await journal.set("revocation", entry, LIFETIME_MS);
      }
    }
    const listed = await journal.list("revocation");
    assertEquals(
      listed.toSorted((a, b) => a.key < b.key ? -1 : 1),
      texts.toSorted().map((text) => ({ key: text, value: text })),
    );
    assertEquals(await journal.list("ticket"), []);
    assertEquals(await journal.take("ticket", " "), undefined);
    assertEquals(await journal.take("revocation", " "), " ");
    assertEquals((await journal.list("revocation")).length, texts.length - 1);
  });

  contract.test("takes no more values of a kind than its bound", async (journal) => {
    const { maxCount } = STORE_KINDS.ticket;
    const set = (key: number, value = "v") =>
      journal.set("ticket", { key: `${key}`, value }, LIFETIME_MS);
    for (let from = 0; from < maxCount; from += 1_000) {
      const taken = await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => set(from + i)),
      );
      assertEquals(taken.every(Boolean), true);
    }
    assertEquals(await set(maxCount), false);
    assertEquals(await journal.take("ticket", `${maxCount}`), undefined);
    assertEquals(await set(7, "other"), true);
    assertEquals(await journal.take("ticket", "7"), "other");
    assertEquals(await set(maxCount), true);
    assertEquals((await journal.list("ticket")).length, maxCount);
  });

  contract.testInTime(
    "ends values after their lifetime",
    async (journal, time) => {
      const set = (key: string, lifetimeMs: number) =>
        journal.set("ticket", { key, value: "v" }, lifetimeMs);
      await set("long", 60_000);
      await set("short", 10_000);
      await time.pass(9_000);
      const keys = async () =>
        (await journal.list("ticket")).map(({ key }) => key).toSorted();
      assertEquals(await keys(), ["long", "short"]);
      await time.pass(2_000);
      assertEquals(await keys(), ["long"]);
      assertEquals(await journal.take("ticket", "short"), undefined);
      // Setting it again begins a new life.
      await set("long", 60_000);
      await time.pass(55_000);
      assertEquals(await journal.take("ticket", "long"), "v");
    },
  );

  contract.testInTime(
    "makes room where values have ended",
    async (journal, time) => {
      const { maxCount } = STORE_KINDS.ticket;
      const set = (key: number) =>
        journal.set("ticket", { key: `${key}`, value: "v" }, 10_000);
      await Promise.all(Array.from({ length: maxCount }, (_, i) => set(i)));
      assertEquals(await set(maxCount), false);
      await time.pass(11_000);
      assertEquals(await set(maxCount), true);
      assertEquals(
        (await journal.list("ticket")).map(({ key }) => key),
        [`${maxCount}`],
      );
    },
  );

  contract.testInTime(
    "does not lengthen the life of a value where the clock is set back",
    async (journal, time) => {
      time.setClock(86_400_000);
      await journal.set("ticket", { key: "k", value: "v" }, 10_000);
      time.setClock(-86_400_000);
      await time.pass(11_000);
      assertEquals(await journal.take("ticket", "k"), undefined);
      assertEquals(await journal.list("ticket"), []);
    },
  );
}
