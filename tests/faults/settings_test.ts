import { assert, assertEquals, assertRejects } from "@std/assert";
import { startServer } from "../support/server_process.ts";

for (
  const [args, right] of [
    [["--journal", "sqlite://events.db"], "sqlite:events.db"],
    [["--journal", "sqlite::memory:"], "memory:"],
    [["--max-body", "999999999MiB"], "64MiB"],
    [["--journal", "redis://127.0.0.1:1", "--redis-key="], "chime"],
    [["--cors-origin", "https://example.*"], "https://*.example.com"],
    [["--cors-origin", "https://EXAMPLE.com/"], "https://example.com"],
  ] as const
) {
  Deno.test(`Chime does not start with ${args.join(" ")}, and says what is right in one line`, async () => {
    const error = await assertRejects(
      () => startServer(["--port", "0", ...args]),
      Error,
      "The server ended: ",
    );
    const lines = error.message.replace("The server ended: ", "")
      .split("\n").filter((line) => line && !line.startsWith("Warning"));
    assertEquals(lines.length, 1, error.message);
    assert(lines[0]!.startsWith("chime: Cannot use --"), lines[0]);
    assert(lines[0]!.includes(right), lines[0]);
  });
}
