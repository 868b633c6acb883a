import { assert, assertEquals } from "@std/assert";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../deno.json" with { type: "json" };
import { ISLANDS } from "../../tools/build.ts";
import { runDeno } from "../../tools/run_deno.ts";
import { startServer } from "../support/server_process.ts";
import { within } from "../support/within.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("deno task dev serves, and ends at SIGTERM", async () => {
  await using server = await startServer(["--port", "0"], {
    command: [
      ...[Deno.execPath(), "run", "--quiet", "-P=build", "tools/dev.ts"],
    ],
  });
  const response = await fetch(`${server.url}healthz`);
  assertEquals(response.status, 200);
  await response.body?.cancel();
  await within(server.kill());
});

for (const [input, output] of ISLANDS) {
  Deno.test(`deno task dev may watch every module of ${basename(output)}`, async () => {
    const info = await runDeno(["info", "--json", input], {
      cwd: fileURLToPath(ROOT),
    });
    const { modules } = JSON.parse(new TextDecoder().decode(info));
    const folders = modules
      .filter(({ specifier }: { specifier: string }) =>
        specifier.startsWith(ROOT.href)
      )
      .map(({ specifier }: { specifier: string }) =>
        specifier.slice(ROOT.href.length).split("/")[0]
      );
    assert(folders.length > 10);
    for (const folder of new Set<string>(folders)) {
      assert(manifest.permissions.build.read.includes(folder), folder);
    }
  });
}
