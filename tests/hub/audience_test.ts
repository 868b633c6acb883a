import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Memory } from "../../hub/memory.ts";
import { toSelection } from "../../hub/selection.ts";
import { Audience, type AudienceMember } from "../../hub/audience.ts";

/** A member that notes how often it was woken and written to. */
class Parked implements AudienceMember {
  slot = -1;
  writtenBeat = 0;
  heartbeatS = 1;
  refreshed = 0;
  woken = 0;
  written = 0;
  readonly #react: (member: Parked) => void;

  /** @param react Called when it is woken or written to. */
  constructor(react: (member: Parked) => void) {
    this.#react = react;
  }

  wake(): void {
    this.woken++;
    this.#react(this);
  }

  write(): void {
    this.written++;
    this.writtenBeat++;
    this.#react(this);
  }

  refresh(): void {
    this.refreshed++;
    this.#react(this);
  }

  close(): void {
    throw new Error("Nobody closes it here");
  }

  fail(error: unknown): void {
    throw error;
  }
}

Deno.test("Audience wakes and comments to each parked member, to those that leave meanwhile once, and to no other", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ park: fc.boolean(), at: fc.nat(3) }), {
      minLength: 12,
    }),
    fc.boolean(),
    fc.uniqueArray(fc.nat(3)),
    (steps, flushes, leaving) => {
      const audience = new Audience(
        toSelection(["a"], "named"),
        [],
        Memory.unbounded(),
      );
      const members = Array.from(
        { length: 4 },
        (_, i) =>
          new Parked((member) => {
            if (leaving.includes(i)) audience.unpark(member);
          }),
      );
      const parked = new Set<Parked>();
      for (const { park, at } of steps) {
        const member = members[at]!;
        if (!park) audience.unpark(member);
        else if (!parked.has(member)) audience.park(member);
        parked[park ? "add" : "delete"](member);
      }
      for (let i = 0; i < 3; i++) {
        if (flushes) audience.flush();
        else audience.beat(i + 1, undefined);
      }
      for (const [i, member] of members.entries()) {
        const times = !parked.has(member) ? 0 : leaving.includes(i) ? 1 : 3;
        assertEquals(member.woken, flushes ? times : 0);
        assertEquals(member.written, flushes ? 0 : times);
        assertEquals(member.slot >= 0, times === 3);
      }
    },
  ));
});
