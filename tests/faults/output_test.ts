import { assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/free_port.ts";

const ROOT = new URL("../../", import.meta.url);
const ignore = Deno.build.os !== "linux";

/** Runs Chime from a shell line, in which `$@` stands for the command. */
function spawn(line: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: [
      ...["-c", line, "sh", Deno.execPath(), "run", "--quiet", "-P=serve"],
      ...["--preload", "tests/faults/failing_server.ts", "main.ts", ...args],
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", TZ: "garbage" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/**
 * Opens a stream that goes on, once the server listens and on no worker that is about to end; tries for 20 s at most.
 */
async function open(url: string): Promise<EventReader> {
  return await until(async () => {
    try {
      const reader = await EventReader.open(url);
      return (await reader.take(3)).length === 3 && reader;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return undefined;
    }
  });
}

for (const workers of [1, 2]) {
  for (
    const [what, line] of [
      ["are a full disk", 'exec "$@" >/dev/full 2>&1'],
      ["are closed", 'exec "$@" >&- 2>&-'],
      ["are pipes that nobody reads", 'exec "$@"'],
    ] as const
  ) {
    Deno.test({
      name:
        `With --workers ${workers} the server serves on and drains where its outputs ${what}`,
      ignore,
      async fn() {
        const port = freePort();
        const child = spawn(line, [
          ...["--port", `${port}`],
          ...["--workers", `${workers}`],
        ]);
        await child.stdout.cancel();
        await child.stderr.cancel();
        try {
          const url = `http://127.0.0.1:${port}/`;
          await (await open(`${url}sse/`))[Symbol.asyncDispose]();
          // Each of these writes a line to the log.
          child.kill("SIGHUP");
          if (workers > 1) {
            await fetch(`${url}throw`).then((answer) => answer.body?.cancel())
              .catch(() => {});
          }
          await using reader = await open(`${url}sse/`);
          child.kill("SIGTERM");
          assertEquals(
            (await reader.rest()).at(-1)!.data,
            '{"state":"draining"}',
          );
          assertEquals((await child.status).code, 0);
        } finally {
          await end(child);
        }
      },
    });
  }
}

Deno.test({
  name: "A failure ends the server with 70 though its outputs are a full disk",
  ignore,
  async fn() {
    const port = freePort();
    const child = spawn('exec "$@" >/dev/full 2>&1', ["--port", `${port}`]);
    await child.stdout.cancel();
    await child.stderr.cancel();
    try {
      const url = `http://127.0.0.1:${port}/`;
      await using reader = await open(`${url}sse/`);
      await fetch(`${url}throw`).then((answer) => answer.body?.cancel());
      assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
      assertEquals((await child.status).code, 70);
    } finally {
      await end(child);
    }
  },
});

for (const flag of ["--help", "--version"]) {
  Deno.test({
    name:
      `${flag} says in one line that it cannot be printed, and exits with 1`,
    ignore,
    async fn() {
      const output = await spawn('exec "$@" >/dev/full', [flag]).output();
      assertEquals(output.code, 1);
      assertMatch(
        new TextDecoder().decode(output.stderr),
        /^\S+Z error Cannot write to standard output: No space left on device \(os error 28\)\n$/,
      );
      const { code } = await spawn('exec "$@" >/dev/full 2>&1', [flag])
        .output();
      assertEquals(code, 1);
    },
  });
}

Deno.test({
  name: "A flag that is none ends the server with 2 though it cannot say so",
  ignore,
  async fn() {
    const run = spawn('exec "$@" 2>/dev/full', ["--prot"]);
    assertEquals((await run.output()).code, 2);
  },
});

/** Ends what is left of the process. */
async function end(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
  await child.status;
}
