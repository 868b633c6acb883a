import { assertEquals } from "@std/assert";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess, refusing } from "../support/in_process.ts";

Deno.test("GET /readyz tells whether the journal can be reached", async () => {
  const journal = new MemoryJournal({
    maxEvents: 9,
    maxAgeMs: 9_000,
    maxBytes: 128 * 1024 ** 2,
  });
  await using chime = inProcess({ journal });
  const response = await chime.request("/readyz");
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { status: "ready" });
  journal.isReady = () => Promise.resolve(false);
  await assertProblem(
    await chime.request("/readyz"),
    503,
    "The server is without its journal",
  );
});

Deno.test("GET /readyz while draining is a 503", async () => {
  await using chime = refusing("draining");
  await assertProblem(
    await chime.request("/readyz"),
    503,
    "The server is draining",
  );
});
