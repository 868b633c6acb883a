import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { sqliteFolder } from "../support/sqlite_folder.ts";
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
    assertMatch(lines[0]!, /^\S+Z error Cannot use --/);
    assert(lines[0]!.includes(right), lines[0]);
  });
}

for (
  const [what, target, name] of [
    // Any file there will do, as it is refused before it is opened; some systems have none.
    ["a file", () => fileInRoot(), ""],
    ["the folder", () => "/", "/events.db"],
  ] as const
) {
  Deno.test({
    name:
      `Chime does not start with a journal whose link leads to ${what} in the root`,
    ignore: Deno.build.os === "windows" || target() === undefined,
    async fn() {
      await using at = await sqliteFolder();
      await Deno.symlink(target()!, at.file);
      const error = await assertRejects(
        () =>
          startServer([
            ...["--port", "0", "--journal", `sqlite:${at.file}${name}`],
          ]),
        Error,
        "The server ended: ",
      );
      const line = `error Cannot open the journal "${at.file}${name}": ` +
        "it must be a file in a folder, not directly in the root";
      assert(error.message.trim().endsWith(line), error.message);
    },
  });
}

/** A file directly in the root; nothing where there is none. */
function fileInRoot(): string | undefined {
  const file = Deno.readDirSync("/").find(({ isFile }) => isFile);
  return file && `/${file.name}`;
}
