import { assertEquals, assertStringIncludes } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";

/** The README's line for services, to which flags are added. */
const LINE = `exec "$(npx -y -p deno@2.9.6 -c 'command -v deno')" task start`;

const hasNpx = await new Deno.Command("npx", {
  args: ["--version"],
  stdout: "null",
}).output().then(({ success }) => success, () => false);

Deno.test({
  name: `The README's line for services: SIGTERM drains, and frees the port${
    hasNpx ? "" : " (skipped: no npx)"
  }`,
  ignore: !hasNpx,
  async fn() {
    const readme = await Deno.readTextFile(
      new URL("../../README.md", import.meta.url),
    );
    assertStringIncludes(readme, `\n${LINE}\n`);
    await using server = await startServer(["--port", "0"], {
      command: ["sh", "-c", `${LINE} "$@"`, "sh"],
    });
    await using reader = await EventReader.open(`${server.url}sse/`);
    await reader.take(1);
    const ended = server.kill("SIGTERM");
    assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
    assertEquals((await ended).code, 0, server.log);
    const { port } = server;
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    listener.close();
  },
});
