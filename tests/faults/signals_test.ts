import { assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";
import { logLines } from "../support/log_lines.ts";
import { until } from "../support/until.ts";

for (const workers of [1, 2]) {
  Deno.test({
    name:
      `With --workers ${workers} the server outlives SIGHUP, which it logs, SIGUSR1, SIGUSR2, SIGPIPE and SIGXFSZ`,
    ignore: Deno.build.os === "windows" ||
      (workers > 1 && Deno.build.os !== "linux"),
    async fn() {
      await using server = await startServer(
        ["--port", "0", "--workers", `${workers}`],
      );
      await using reader = await EventReader.open(`${server.url}sse/`);
      const signals: Deno.Signal[] = [
        ...["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGXFSZ"] as const,
      ];
      const lines = () => logLines(server.log, /SIGHUP/);
      for (let round = 1; round <= 2; round++) {
        for (const signal of signals) {
          Deno.kill(server.pid, signal);
          const answer = await fetch(`${server.url}healthz`);
          assertEquals(answer.status, 200);
          await answer.body?.cancel();
        }
        // A second SIGHUP is lost while the first one is pending.
        await until(() => lines().length >= round);
      }
      assertEquals((await reader.take(2)).length, 2);
      assertEquals((await server.kill()).code, 0);
      assertEquals(lines(), Array(2).fill("info SIGHUP: nothing to reload"));
    },
  });
}
