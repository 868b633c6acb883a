import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { LISTENER } from "../support/listener.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { logLines } from "../support/log_lines.ts";

/** Starts Chime with a limit on open files, as `ulimit -n` sets it. */
function startLimited(limit: number, ...args: string[]) {
  return startServer(["--port", "0", "--token", "t", ...args], {
    command: [
      "sh",
      "-c",
      `ulimit -n ${limit} && exec "$0" "$@"`,
      Deno.execPath(),
      "run",
      "-P=serve",
      "main.ts",
    ],
  });
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name:
    "Where few files may be open, the server says so at start, with the remedy",
  ignore,
  async fn() {
    await using server = await startLimited(300);
    assertStringIncludes(
      server.log,
      "warn  there is room for 224 clients only, as this process may open 300 files; raise the limit first: ulimit -n 65536",
    );
  },
});

Deno.test({
  name:
    "Where fewer files may be open than --max-connections needs, the server says so at start",
  ignore,
  async fn() {
    await using enough = await startLimited(300, "--max-connections", "236");
    assertEquals(logLines(enough.log), []);
    await using server = await startLimited(5_000, "--max-connections", "4937");
    assertStringIncludes(
      server.log,
      "warn  there is room for 4689 clients only, as this process may open 5000 files",
    );
  },
});

Deno.test({
  name: "Where much may be open, the server says nothing at start",
  ignore,
  async fn() {
    await using server = await startLimited(5_000);
    assertEquals(logLines(server.log), []);
  },
});

Deno.test({
  name: "The server keeps room below the limit, and tells who comes too late",
  ignore,
  async fn() {
    await using server = await startLimited(100);
    const url = `${server.url}sse/`;
    const headers = { accept: "text/event-stream" };
    await using opened = new AsyncDisposableStack();
    for (let i = 0; i < 34; i++) {
      const reader = opened.use(await EventReader.open(url, { headers }));
      const [event] = await reader.take(1);
      assertStringIncludes(event!.data!, "The current time");
    }
    await using late = await EventReader.open(url, { headers });
    const events = await late.untilClosed();
    assertEquals(events.map(({ data }) => data), ['{"state":"overloaded"}']);
  },
});

Deno.test({
  name:
    "The server that is short of files accepts again, and its streams went on",
  ignore,
  async fn() {
    await using server = await startLimited(100);
    await using reader = await EventReader.open(`${server.url}sse/`);
    const [before] = await reader.take(1);
    const sockets: Deno.TcpConn[] = [];
    try {
      while (sockets.length < 1_000) {
        sockets.push(
          await Deno.connect({ hostname: "127.0.0.1", port: server.port }),
        );
      }
    } catch (error) {
      // A connection that has not been accepted is reset when the listener closes.
      assert(
        error instanceof Deno.errors.ConnectionRefused ||
          error instanceof Deno.errors.ConnectionReset,
        `${error}`,
      );
    }
    for (const socket of sockets) socket.close();

    const answer = await until(() =>
      fetch(`${server.url}healthz`).catch(() => undefined)
    );
    assertEquals((await answer.json()).status, "ok");
    assertStringIncludes(
      server.log,
      LISTENER === "node"
        ? "accepting no connections for now: too many are open"
        : "stopped accepting, listening again: ",
    );
    const [after] = await reader.take(1);
    assertEquals(parseInt(after!.id!) - parseInt(before!.id!), 1_000);
  },
});
