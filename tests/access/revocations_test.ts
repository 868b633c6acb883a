import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { UndecidedError } from "../../access/access_error.ts";
import {
  type RevocationJournal,
  Revocations,
} from "../../access/revocations.ts";
import { eventId } from "../../events/event_id.ts";
import type { StoreEntry } from "../../journal/keyed_store.ts";
import { UnavailableError } from "../../journal/history.ts";
import type { TailBatch } from "../../journal/journal.ts";
import {
  EPOCH_NOTE,
  REVOKED_NOTE,
  type TimelineRecord,
} from "../../journal/note.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { rightsOf } from "./grants.ts";

const ID = eventId("1-0", "e");

/** A journal that answers what a test has it answer, and a tail that brings what a test gives it. */
class Journal implements RevocationJournal {
  /** What each list of the revocations is answered with. Without any, there are none. */
  readonly answers: (() => readonly StoreEntry[] | Promise<StoreEntry[]>)[] =
    [];
  lists = 0;
  hasRoom = true;

  append = () => Promise.resolve([ID]);
  set = () => Promise.resolve(this.hasRoom);

  async list(): Promise<readonly StoreEntry[]> {
    this.lists++;
    return await this.answers.shift()?.() ?? [];
  }
}

/** Revocations that follow a tail, and how often they said that there are more. */
class Following implements Disposable {
  readonly journal = new Journal();
  told = 0;
  readonly revocations = new Revocations(this.journal, 1e6, () => this.told++);
  readonly #tail = new TransformStream<TailBatch, TailBatch>();
  readonly #writer = this.#tail.writable.getWriter();
  readonly #batches = this.revocations.follow(this.#tail.readable);

  /** Lets the tail bring a batch, and waits until what follows from it is done. */
  async bring(
    records: readonly TimelineRecord[] = [],
    gap?: "skip" | "reset",
  ): Promise<void> {
    const batch = { records, last: ID, gap };
    this.#writer.write(batch);
    assertEquals((await this.#batches.next()).value, batch);
    await settled();
  }

  isRevoked(subject: string, issuedAt: number): boolean {
    return this.revocations.isRevoked(rightsOf({ subject, issuedAt }));
  }

  [Symbol.dispose](): void {
    this.revocations[Symbol.dispose]();
  }
}

/** Waits until no promise that is resolved has more to do. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function revoked(subject: string, before: number): TimelineRecord {
  return {
    id: ID,
    note: REVOKED_NOTE,
    payload: JSON.stringify({ subject, before }),
  };
}

Deno.test("Revocations do not decide before they know what the store has", async () => {
  using following = new Following();
  const { journal, revocations } = following;
  assertThrows(
    () => revocations.assertKnown(),
    UndecidedError,
    "Cannot take the credential: the journal is away",
  );
  journal.answers.push(() => [{ key: "42", value: "5000" }]);
  await following.bring();
  revocations.assertKnown();
  assertEquals(following.told, 1);
  assertEquals(following.isRevoked("42", 5_000), true);
  assertEquals(following.isRevoked("42", 5_001), false);
  assertEquals(following.isRevoked("43", 1), false);
});

Deno.test("Revocations are taken from the tail, and the store is read once", async () => {
  using following = new Following();
  await following.bring([revoked("1", 5_000)]);
  await following.bring([
    { id: ID, note: EPOCH_NOTE, payload: "e" },
    { id: ID, channel: "a", data: '{"subject":"3","before":9}' },
    revoked("2", 6_000),
  ]);
  assertEquals(following.journal.lists, 1);
  assertEquals(following.told, 3);
  assertEquals(following.isRevoked("1", 5_000), true);
  assertEquals(following.isRevoked("2", 6_000), true);
  assertEquals(following.isRevoked("3", 9), false);
});

Deno.test("A revocation that comes late takes nothing back", async () => {
  using following = new Following();
  await following.bring([revoked("1", 5_000)]);
  await following.bring([revoked("1", 4_000)]);
  assertEquals(following.isRevoked("1", 5_000), true);
});

for (const gap of ["skip", "reset"] as const) {
  Deno.test(`Revocations are read again where the tail has a ${gap}`, async () => {
    using following = new Following();
    await following.bring();
    following.journal.answers.push(() => [{ key: "42", value: "5000" }]);
    await following.bring([], gap);
    assertEquals(following.journal.lists, 2);
    assertEquals(following.isRevoked("42", 5_000), true);
  });
}

Deno.test("Revocations are read once more where a gap comes while they are being read", async () => {
  using following = new Following();
  const { journal, revocations } = following;
  const { promise, resolve } = Promise.withResolvers<StoreEntry[]>();
  journal.answers.push(() => promise, () => [{ key: "42", value: "5000" }]);
  await following.bring();
  await following.bring([], "skip");
  assertEquals(journal.lists, 1);
  resolve([]);
  await settled();
  assertEquals(journal.lists, 2);
  revocations.assertKnown();
  assertEquals(following.isRevoked("42", 5_000), true);
});

Deno.test("Revocations that cannot be read are read again a second later", async () => {
  using time = new FakeTime();
  using log = new CapturedLog();
  using following = new Following();
  const { journal, revocations } = following;
  journal.answers.push(
    () => {
      throw new UnavailableError("the store is away");
    },
    () => [{ key: "42", value: "5000" }],
  );
  await following.bring();
  // What the tail brings meanwhile does not make more attempts.
  await following.bring([], "skip");
  await time.tickAsync(999);
  assertEquals(journal.lists, 1);
  assertThrows(() => revocations.assertKnown(), UndecidedError);
  assertEquals(log.lines, [
    "warn the revocations cannot be read, trying again",
  ]);
  await time.tickAsync(1);
  await settled();
  revocations.assertKnown();
  assertEquals(journal.lists, 2);
  assertEquals(following.isRevoked("42", 5_000), true);
});

Deno.test("Revocations that are disposed of are not read again", async () => {
  using time = new FakeTime();
  using _log = new CapturedLog();
  const following = new Following();
  following.journal.answers.push(() => {
    throw new UnavailableError("the store is away");
  });
  await following.bring();
  following[Symbol.dispose]();
  await time.tickAsync(10_000);
  assertEquals(following.journal.lists, 1);
});

Deno.test("A revocation holds here before the tail brings it", async () => {
  using time = new FakeTime(5_000);
  using following = new Following();
  assertEquals(await following.revocations.revoke("42"), true);
  assertEquals(following.told, 1);
  assertEquals(following.isRevoked("42", time.now), true);
});

Deno.test("A revocation that the store has no room for is not taken", async () => {
  using following = new Following();
  following.journal.hasRoom = false;
  assertEquals(await following.revocations.revoke("42"), false);
  assertEquals(following.told, 0);
  assertEquals(following.isRevoked("42", 0), false);
});

Deno.test("Rights without a subject, or of an unknown age, are never revoked", async () => {
  using following = new Following();
  await following.bring([revoked("42", 5_000)]);
  const { revocations } = following;
  assertEquals(revocations.isRevoked(rightsOf({ issuedAt: 1 })), false);
  assertEquals(revocations.isRevoked(rightsOf({ subject: "42" })), false);
  assertEquals(revocations.isRevoked(rightsOf({ subject: "42" }), 5_000), true);
  assertEquals(
    revocations.isRevoked(rightsOf({ subject: "42", issuedAt: 5_001 }), 1),
    false,
  );
});
