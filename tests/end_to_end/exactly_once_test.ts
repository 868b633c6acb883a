import { join } from "node:path";
import { assertExactlyOnce } from "./exactly_once.ts";
import { startServer } from "../support/server_process.ts";

const LOAD = {
  publishers: 20,
  events: 100_000,
  clients: 200,
  channels: 20,
  cuts: 5,
  maxMs: 90_000,
  seed: 7,
};

const folder = await Deno.makeTempDir({ prefix: "chime-" });
globalThis.addEventListener("unload", () => {
  Deno.removeSync(folder, { recursive: true });
});

for (
  const [name, journal] of [
    ["memory", "memory:"],
    ["SQLite", `sqlite:${join(folder, "events.db")}`],
  ] as const
) {
  Deno.test(`Every client gets every event once and in order, however often it is cut, with the journal in ${name}`, async () => {
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--journal", journal],
      ...["--retain-events", "200000"],
    ]);
    await assertExactlyOnce([server.url], "t", LOAD);
  });
}
