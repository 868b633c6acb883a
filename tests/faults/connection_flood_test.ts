import { assert, assertEquals, assertMatch } from "@std/assert";
import { logLines } from "../support/log_lines.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

/** Starts Chime with the listener that sees connections, and with a limit on open files, as `ulimit -n` sets it. */
function start(files: number, workers: number, ...args: string[]) {
  return startServer(
    [
      ...["--listener", "node", "--port", "0", "--workers", `${workers}`],
      ...args,
    ],
    {
      command: [
        ...["sh", "-c", `ulimit -n ${files} && exec "$0" "$@"`],
        ...[Deno.execPath(), "run", "-P=serve", "main.ts"],
      ],
    },
  );
}

/** Asks for a path, and returns the answer's first bytes. */
async function ask(
  server: ServerProcess,
  path: string,
  from: string,
): Promise<string> {
  using socket = await RawSocket.open(server, from);
  await socket.send(
    `GET ${path} HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n`,
  );
  return await socket.until("\n\n");
}

for (const workers of [1, 2]) {
  const ignore = Deno.build.os !== "linux";

  Deno.test({
    name:
      `1,009 idle connections of one address stop nobody else, with ${workers} workers`,
    ignore,
    async fn() {
      await using server = await start(
        ...[1_024, workers, "--max-connections-per-address", "100"] as const,
      );
      using sockets = new DisposableStack();
      const idle: RawSocket[] = [];
      for (let i = 0; i < 1_009; i++) {
        idle.push(sockets.use(await RawSocket.open(server, "127.0.0.2")));
      }
      const at = performance.now();
      const text = await ask(server, "/sse/", "127.0.0.3");
      const ms = Math.round(performance.now() - at);
      assertMatch(text, /\r\n\r\n[^]*data: The current time is /);
      assertMatch(
        await ask(server, "/sse/", "127.0.0.2"),
        /data: {"state":"overloaded"}/,
      );
      const metrics = await fetch(`${server.url}metrics`);
      const [, open] = /\nchime_connections (\d+)\n/.exec(
        await metrics.text(),
      )!;
      console.log(`${open} are open; a stream of another begins in ${ms} ms`);
      assert(Number(open) >= 100 && Number(open) < 200, `${open} are open`);
      // Those within the limit were not cut.
      const answers = await Promise.all(idle.map(async (socket) => {
        await socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        return await socket.until("\r\n").catch(() => "");
      }));
      const served = answers.filter((line) => line.includes(" 200 ")).length;
      // Two workers that look at the same moment may each take the last place.
      assert(served >= 100 && served < 100 + workers, `${served} are served`);
    },
  });

  Deno.test({
    name:
      `A burst of connections does not use up the files: it is over within a second, with ${workers} workers`,
    ignore,
    async fn() {
      await using server = await start(200, workers);
      const first = await RawSocket.open(server);
      await first.send("GET /sse/ HTTP/1.1\r\nHost: h\r\n\r\n");
      await first.until("data: ");
      // All of them wait to be accepted when the server goes on.
      Deno.kill(server.pid, "SIGSTOP");
      const { port } = server;
      const burst = await Promise.allSettled(
        Array.from(
          { length: 1_500 },
          () => Deno.connect({ hostname: "127.0.0.1", port }),
        ),
      );
      const at = performance.now();
      Deno.kill(server.pid, "SIGCONT");
      try {
        await until(
          () => logLines(server.log, /accepting no connections/).length > 0,
        );
        await until(() =>
          fetch(`${server.url}healthz`).then(({ body }) => body!.cancel())
            .then(() => true, () => false)
        );
        const ms = performance.now() - at;
        console.log(`/healthz answers after ${Math.round(ms)} ms`);
        assert(ms < 2_500, `It took ${ms} ms`);
        await first.until("data: ");
      } finally {
        first[Symbol.dispose]();
        for (const one of burst) {
          if (one.status === "fulfilled") one.value.close();
        }
      }
      await until(async () =>
        (await ask(server, "/sse/", "127.0.0.1").catch(() => ""))
          .includes("The current time")
      );
      assertEquals(logLines(server.log, /ran out of files/), []);
    },
  });
}
