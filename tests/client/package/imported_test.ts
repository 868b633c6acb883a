import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PAGES } from "../../support/pages.ts";
import { startServer } from "../../support/server_process.ts";
import { within } from "../../support/within.ts";

const { text } = PAGES.find(({ name }) => name === "README.md")!;
const [, LINES] = /```js ignore\n([^]*?)```/.exec(text)!;

/** Writes a program to a new folder and has Deno run a command with it, as if it had never seen the client before. */
async function deno(
  command: "run" | "check",
  program: string,
): Promise<AsyncDisposable & { readonly child: Deno.ChildProcess }> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/main.ts`, program);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[command, "--quiet", "--no-lock", "--no-config", "--allow-import"],
      ...[...command === "run" ? ["--allow-net"] : [], "main.ts"],
    ],
    cwd: folder,
    env: { DENO_DIR: `${folder}/cache`, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return {
    child,
    async [Symbol.asyncDispose]() {
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("The README's three lines show the clock, as they are, in Deno", async () => {
  await using server = await startServer();
  const lines = LINES!.replaceAll(":8000", `:${server.port}`);
  assertEquals(lines.trim().split("\n").length, 3);
  await using running = await deno("run", lines);
  const { child } = running;
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await within(reader.read());
  child.kill("SIGKILL");
  await reader.cancel();
  const errors = await new Response(child.stderr).text();
  assertStringIncludes(value, "The current time is ", errors);
});

Deno.test("Deno finds the types of /client.js", async () => {
  await using server = await startServer();
  const lines = LINES!.replaceAll(":8000", `:${server.port}`);
  const wrong = `${lines}source.readyState = 1;\nsource.close(1);\n`;
  await using checking = await deno("check", wrong);
  const { success, stderr } = await checking.child.output();
  const said = new TextDecoder().decode(stderr);
  assert(!success);
  assertStringIncludes(said, "'readyState' because it is a read-only property");
  assertStringIncludes(said, "Expected 0 arguments, but got 1");
});
