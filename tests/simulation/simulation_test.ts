import { assertEquals } from "@std/assert";
import { CapturedLog } from "../support/captured_log.ts";
import { DEFECTS } from "./defects.ts";
import { simulate } from "./simulation.ts";

/** Which seeds are run where nobody asks for others: `SEEDS=7` runs one, and `SEEDS=0-100000` many. */
const [first = 0, last = first] = (Deno.env.get("SEEDS") ?? "0-2499")
  .split("-").map(Number);
const isReplay = first === last;

/** How many seeds a planted defect is looked for with. */
const DEFECT_SEEDS = 1_000;

Deno.test("Nobody misses an event in silence, whatever fails", async () => {
  using _log = new CapturedLog();
  const failures: string[] = [];
  for (let seed = first; seed <= last && failures.length < 5; seed++) {
    const { kind, violation, trace } = await simulate(seed, {
      isTraced: isReplay,
    });
    if (trace) console.log(trace.join("\n"));
    if (violation) {
      failures.push(`SEEDS=${seed} (${kind}): ${violation.message}`);
    }
  }
  assertEquals(failures, []);
});

Deno.test("A seed does the same each time", async () => {
  using _log = new CapturedLog();
  for (let seed = first; seed <= Math.min(last, first + 20); seed++) {
    const once = await simulate(seed, { isTraced: true });
    const again = await simulate(seed, { isTraced: true });
    assertEquals(again, once);
  }
});

for (const defect of DEFECTS) {
  Deno.test({
    name: `The simulation finds that ${defect}`,
    ignore: isReplay,
    async fn() {
      using _log = new CapturedLog();
      for (let seed = 0; seed < DEFECT_SEEDS; seed++) {
        if ((await simulate(seed, { defect })).violation) return;
      }
      throw new Error(`${DEFECT_SEEDS} seeds found nothing`);
    },
  });
}
