import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { EventId } from "../../events/event_id.ts";
import { aheadMs, notingAhead } from "../../journal/ahead.ts";
import { CapturedLog } from "../support/captured_log.ts";

const START = 1_795_325_420_400;

Deno.test("aheadMs says by how much an id is ahead of the clock", () => {
  using _time = new FakeTime(START);
  const ids: EventId[] = [`${START + 70}-3.x7Kq2M`, `${START}-9`, "1-0"];
  assertEquals(ids.map(aheadMs), [70, 0, 0]);
});

Deno.test("notingAhead logs where ids are ahead by more than a second, once a minute, and brings every batch", async () => {
  using time = new FakeTime(START);
  using log = new CapturedLog();
  const steps = [
    { after: 0, ahead: 1_000 },
    { after: 0, ahead: 1_001 },
    { after: 59_999, ahead: 5_000 },
    { after: 1, ahead: 7_000 },
    { after: 60_000, ahead: -5 },
  ];
  const tail = async function* () {
    for (const { after, ahead } of steps) {
      await time.tickAsync(after);
      yield { records: [], last: `${time.now + ahead}-0` as const };
    }
  };
  let batches = 0;
  for await (const _batch of notingAhead(tail())) batches++;
  assertEquals(batches, steps.length);
  assertEquals(
    log.records.map(({ message, fields }) => [message, fields.aheadMs]),
    [1_001, 7_000].map((ms) => [
      "the ids of events are ahead of the clock: it is or was wrong",
      ms,
    ]),
  );
});
