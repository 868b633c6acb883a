import { assertEquals } from "@std/assert";
import { startServer } from "../support/server_process.ts";
import { within } from "../support/within.ts";

/** More than Deno's own backlog of 511, and less than the kernel's limit, `net.core.somaxconn`. */
const CLIENTS = 1_000;

for (const workers of [1, 2]) {
  Deno.test({
    name:
      `A burst of ${CLIENTS} connections waits while the server is busy, with ${workers} workers`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using server = await startServer([
        ...["--port", "0", "--workers", `${workers}`],
      ]);
      Deno.kill(server.pid, "SIGSTOP");
      const sockets: Deno.TcpConn[] = [];
      try {
        const opening = Array.from({ length: CLIENTS }, async () => {
          const { port } = server;
          sockets.push(await Deno.connect({ hostname: "127.0.0.1", port }));
        });
        await within(Promise.all(opening));
      } finally {
        Deno.kill(server.pid, "SIGCONT");
        for (const socket of sockets) socket.close();
      }
      const response = await fetch(`${server.url}healthz`);
      assertEquals((await response.json()).status, "ok");
    },
  });
}
