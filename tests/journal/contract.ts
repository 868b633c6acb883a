import { type Backend, Contract } from "./contract/backend.ts";
import { testAge } from "./contract/age.ts";
import { testHoldings } from "./contract/holdings.ts";
import { testKeys } from "./contract/keys.ts";
import { testNotes } from "./contract/notes.ts";
import { testPatterns } from "./contract/patterns.ts";
import { testProof } from "./contract/proof.ts";
import { testReading } from "./contract/reading.ts";
import { testRestart } from "./contract/restart.ts";
import { testRetention } from "./contract/retention.ts";
import { testTail } from "./contract/tail.ts";
import { testValues } from "./contract/values.ts";

export { type Backend, PLENTY } from "./contract/backend.ts";

/**
 * Tests what the interface `Journal` promises, on one kind of journal:
 *
 * - **tail**: ids rise, a batch stays together, the tail brings every record once and in order, or says what it skips
 * - **reading**: the channels asked for, between two places, within the limits, every character as it was appended
 * - **patterns**: what they cover, as its names would be answered
 * - **proof**: ids that were given out here are known, others are not; what is gone is said, with the floor
 * - **retention**: by channel and by size, and that the floors tell the truth, with a model beside the journal
 * - **age**: as the clock goes, also ahead and back
 * - **holdings**: how many events of each channel are held, which, and where the store stands
 * - **notes**: at their place, and those that are unknown
 * - **keys**: published once
 * - **values**: the keyed store
 * - **restart**: a store goes on where it stood
 *
 * What differs between kinds (durability, failures) is tested beside each.
 */
export function testJournal(backend: Backend): void {
  const contract = new Contract(backend);
  testTail(contract);
  testReading(contract);
  testPatterns(contract);
  testProof(contract);
  testRetention(contract);
  testAge(contract);
  testHoldings(contract);
  testNotes(contract);
  testKeys(contract);
  testValues(contract);
  testRestart(contract);
}
