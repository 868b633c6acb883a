import { concat } from "@std/bytes/concat";
import { assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { scrape } from "../support/metrics.ts";
import { startServer } from "../support/server_process.ts";
import { CONNECT, data, GO_AWAY, headers, reset } from "./http2_frames.ts";

const HEAD = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/sse/a"],
  [":authority", "x"],
  ["authorization", "Bearer t"],
] as const;

const BODIES = [
  [[], "half of a mess"],
  [[["host", "x"]], "half of a mess"],
  [[["content-length", "99"]], "half of a mess"],
  [[["content-length", "99"], ["content-length", "99"]], "half of a mess"],
  [[["content-length", "14"], ["content-length", "99"]], "half of a mess"],
  [[["content-type", "application/x-ndjson"]], '{"data":"1"}\n'],
  [
    [["content-type", "application/x-ndjson"], ["content-length", "99"]],
    '{"data":"1"}\n',
  ],
  [[], ""],
] as const;

const ENDINGS = {
  "NO_ERROR": [reset(0)],
  "INTERNAL_ERROR": [reset(2)],
  "CANCEL": [reset(8)],
  "GOAWAY": [GO_AWAY],
  "a closed connection": [],
};

for (const workers of [1, 2]) {
  Deno.test({
    name:
      `With --workers ${workers} a publish over HTTP/2 that is cut within its body publishes nothing`,
    ignore: workers > 1 && Deno.build.os !== "linux",
    async fn() {
      await using server = await startServer(
        [
          // The other one has no HTTP/2.
          ...["--listener", "deno", "--port", "0"],
          ...["--workers", `${workers}`, "--token", "t"],
        ],
      );
      await using reader = await EventReader.open(`${server.url}sse/a`);
      // An answer from each worker follows what it had read before.
      const settle = async () => {
        for (let i = 0; i < 4; i++) await scrape(server.url);
      };
      for (const ending of Object.values(ENDINGS)) {
        for (const [fields, body] of BODIES) {
          const socket = await Deno.connect({
            hostname: "127.0.0.1",
            port: server.port,
          });
          await socket.write(concat([
            CONNECT,
            headers([...HEAD, ...fields]),
            data(body, false),
          ]));
          // Else the server would see nothing of a request that is reset.
          await settle();
          await socket.write(concat(ending));
          if (ending.length > 0) await socket.read(new Uint8Array(1024));
          socket.close();
        }
      }
      await settle();
      const socket = await Deno.connect({
        hostname: "127.0.0.1",
        port: server.port,
      });
      await socket.write(concat([
        CONNECT,
        headers([...HEAD, ["content-length", "5"]]),
        data("whole", true),
      ]));
      assertEquals((await reader.take(1)).map(({ data }) => data), ["whole"]);
      socket.close();
    },
  });
}
