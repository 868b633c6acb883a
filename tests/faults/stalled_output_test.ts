import { assert, assertEquals } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";
import { freePort } from "../support/free_port.ts";

const ROOT = new URL("../../", import.meta.url);
const ignore = Deno.build.os !== "linux";
/** How much a pipe holds. https://man7.org/linux/man-pages/man7/pipe.7.html */
const PIPE_BYTES = 65_536;

/** A Chime whose standard output and standard error are a pipe that is full and that nobody reads. */
async function start(...args: readonly string[]) {
  const folder = await Deno.makeTempDir();
  const pipe = `${folder}/pipe`;
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      // Opened for reading as well, the pipe has a reader, which does not read.
      `mkfifo "$0" && exec 1<>"$0" 2>&1 && head -c ${PIPE_BYTES} /dev/zero && exec "$@"`,
      ...[pipe, Deno.execPath(), "run", "--quiet", "-P=serve"],
      ...["--preload", "tests/faults/failing_server.ts", "main.ts", ...args],
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", TZ: "garbage" },
    stdin: "null",
  }).spawn();
  return {
    child,
    pipe,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof TypeError)) throw error;
      }
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Opens a stream once the server listens. */
async function open(url: string): Promise<EventReader> {
  return await until(async () => {
    try {
      return await EventReader.open(`${url}sse/`);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return undefined;
    }
  });
}

for (const workers of [1, 2]) {
  Deno.test({
    name:
      `With --workers ${workers} the server serves, and drains at SIGTERM, where nobody reads its outputs, which are full`,
    ignore,
    async fn() {
      const port = freePort();
      await using chime = await start(
        ...["--port", `${port}`, "--workers", `${workers}`, "--access-log"],
      );
      const url = `http://127.0.0.1:${port}/`;
      await using reader = await open(url);
      // Each of these is logged, by each thread.
      for (let i = 0; i < 200; i++) {
        const refused = await fetch(`${url}sse/news`, { method: "POST" });
        assertEquals(refused.status, 401);
        await refused.body?.cancel();
      }
      chime.child.kill("SIGHUP");
      assertEquals((await reader.take(2)).length, 2);
      const ended = within(chime.child.status, { deadlineMs: 5_000 });
      chime.child.kill("SIGTERM");
      assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
      assertEquals((await ended).code, 0);
    },
  });
}

Deno.test({
  name: "A failure ends the server with 70 where nobody reads its outputs",
  ignore,
  async fn() {
    const port = freePort();
    await using chime = await start("--port", `${port}`);
    const url = `http://127.0.0.1:${port}/`;
    await using reader = await open(url);
    await fetch(`${url}throw`).then((answer) => answer.body?.cancel());
    assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
    assertEquals((await within(chime.child.status)).code, 70);
  },
});

Deno.test({
  name:
    "A flag that is none, and a port in use, end the server where nobody reads its outputs",
  ignore,
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    for (
      const [args, code] of [
        [["--prot"], 2],
        [["--help"], 1],
        [["--port", `${listener.addr.port}`], 1],
      ] as const
    ) {
      await using chime = await start(...args);
      assertEquals((await within(chime.child.status)).code, code, `${args}`);
    }
  },
});

Deno.test({
  name: "What waits is written once somebody reads, in order",
  ignore,
  async fn() {
    const port = freePort();
    await using chime = await start("--port", `${port}`, "--access-log");
    const url = `http://127.0.0.1:${port}/`;
    await using _reader = await open(url);
    for (let i = 0; i < 20; i++) {
      const answer = await fetch(`${url}healthz`, {
        headers: { "x-request-id": `id-${i}` },
      });
      await answer.body?.cancel();
    }
    using pipe = await Deno.open(chime.pipe);
    const lines = pipe.readable.pipeThrough(new TextDecoderStream());
    let text = "";
    for await (const part of lines) {
      text += part.replaceAll("\0", "");
      if (text.includes("id-19")) break;
    }
    const ids = [...text.matchAll(/requestId=(id-\d+)/g)].map(([, id]) => id);
    assertEquals(ids, Array.from({ length: 20 }, (_, i) => `id-${i}`));
    assert(text.indexOf("Cannot use TZ") < text.indexOf(" listening url="));
    assert(text.includes("Chime is listening on "), text);
  },
});
