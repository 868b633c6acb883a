import { assertEquals } from "@std/assert";
import { startServer } from "../support/server_process.ts";
import { logLines } from "../support/log_lines.ts";
import { rawRequest } from "./raw_request.ts";

const STREAMS = 600;
const ZONES = Intl.supportedValuesOf("timeZone").slice(0, 300);
const encoder = new TextEncoder();

for (const workers of [1, 2]) {
  Deno.test({
    name:
      `With --workers ${workers} the server answers within 5 s while ${STREAMS} streams of ${ZONES.length} zones replay an hour to clients that read nothing`,
    ignore: workers > 1 && Deno.build.os !== "linux",
    async fn() {
      await using server = await startServer(
        ["--port", "0", "--token", "t", "--workers", `${workers}`],
      );
      const sockets: Deno.Conn[] = [];
      try {
        for (let i = 0; i < STREAMS; i++) {
          const socket = await Deno.connect({
            hostname: "127.0.0.1",
            port: server.port,
          });
          sockets.push(socket);
          const zone = ZONES[i % ZONES.length];
          await socket.write(encoder.encode(
            `GET /sse/?since=1h&tz=${zone} HTTP/1.1\r\nhost: x\r\n\r\n`,
          ));
        }
        const health = "GET /healthz HTTP/1.1\r\nhost: x\r\n" +
          "connection: close\r\n\r\n";
        for (let i = 0; i < 20; i++) {
          assertEquals((await rawRequest(server.port, health)).status, 200);
        }
      } finally {
        for (const socket of sockets) socket.close();
      }
      assertEquals((await server.kill()).code, 0);
      assertEquals(logLines(server.log), []);
    },
  });
}
