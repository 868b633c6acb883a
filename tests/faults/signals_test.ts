import { assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";

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
      for (const signal of [...signals, ...signals]) {
        Deno.kill(server.pid, signal);
        const answer = await fetch(`${server.url}healthz`);
        assertEquals(answer.status, 200);
        await answer.body?.cancel();
      }
      assertEquals((await reader.take(2)).length, 2);
      assertEquals((await server.kill()).code, 0);
      assertEquals(
        server.log.split("\n").filter((line) => line.startsWith("chime:")),
        Array(2).fill("chime: SIGHUP: nothing to reload"),
      );
    },
  });
}
