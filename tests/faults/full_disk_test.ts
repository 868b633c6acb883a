import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { untilLogged } from "../support/log_lines.ts";
import { untilReady } from "./until_ready.ts";

const BODY = "x".repeat(50_000);

/** Whether the limit of a running process's files can be changed here, which then are as a disk that is full. */
const hasPrlimit = (() => {
  try {
    return new Deno.Command("prlimit", { args: ["--version"], stdout: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
})();

async function limitFiles(pid: number, size: string): Promise<void> {
  const { success } = await new Deno.Command("prlimit", {
    args: [`--pid=${pid}`, `--fsize=${size}:unlimited`],
  }).output();
  assert(success);
}

for (const workers of ["1", "2"]) {
  Deno.test({
    name:
      `Chime is not ready while the disk is full, and is again by itself, with ${workers} worker(s)`,
    ignore: !hasPrlimit,
    async fn() {
      await using at = await sqliteFolder();
      await using server = await startServer([
        ...["--port", "0", "--token", "t", "--journal", `sqlite:${at.file}`],
        ...["--workers", workers],
      ], {
        // Without SIGXFSZ, a write beyond the limit fails and does not end the process.
        command: [
          ...["sh", "-c", `trap "" XFSZ; exec "$@"`, "sh"],
          ...[Deno.execPath(), "run", "-P=serve", "main.ts"],
        ],
      });
      await publish(server.url, "a", BODY);
      const { size } = await Deno.stat(`${at.file}-wal`);
      await limitFiles(server.pid, `${size + 10_000}`);
      await assertRejects(() => publish(server.url, "a", BODY), Error, "503: ");
      await untilReady(server.url, 503);
      assertEquals(
        (await scrape(server.url)).get("chime_journal_ready"),
        0,
      );
      const lines = await untilLogged(server, / the journal /);
      assertEquals(lines.length, 1, server.log);
      assert(lines[0]!.startsWith(
        `warn the journal failed: cannot append to "${at.file}": `,
      ));
      // Its own trial does not make it ready.
      await delay(6_000);
      await untilReady(server.url, 503);
      await limitFiles(server.pid, "unlimited");
      await untilReady(server.url, 200);
      await publish(server.url, "a", BODY);
      const later = await untilLogged(server, / the journal /, 2);
      assertEquals(later.slice(1), ["info the journal works again"]);
    },
  });
}
