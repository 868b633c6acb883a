import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { timeFormat } from "../../clock/zone.ts";
import { compile } from "../../tools/compile.ts";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";

/** Compiles Chime into an empty folder, for all steps. */
Deno.test("The executable", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "chime-" });
  const elsewhere = await Deno.makeTempDir({ prefix: "chime-elsewhere-" });
  const executable = join(folder, "chime");
  const start = (...before: string[]) =>
    startServer(["--port", "0"], {
      command: [...before, executable],
      cwd: elsewhere,
    });
  try {
    await compile({ output: executable });

    await t.step("is one file", async () => {
      const entries = await Array.fromAsync(Deno.readDir(folder));
      assertEquals(entries.map(({ name }) => name), ["chime"]);
    });

    await t.step(
      "starts anywhere and serves the page with its assets",
      async () => {
        await using server = await start();
        const page = await (await fetch(server.url)).text();
        assertMatch(page, /\d{4}-\d\d-\d\d/);
        const paths = [...page.matchAll(/(?:src|href)="(static\/[^"]+)"/g)]
          .map(([, path]) => path!);
        assert(paths.length >= 3);
        paths.push("/client.js", "/client.d.ts");
        for (const path of paths) {
          const response = await fetch(new URL(path, server.url));
          assertEquals(response.status, 200, path);
          assert((await response.text()).length > 100, path);
        }
      },
    );

    await t.step("streams, and drains at SIGTERM", async () => {
      await using server = await start();
      await using reader = await EventReader.open(`${server.url}sse/`);
      assertEquals((await reader.take(2)).length, 2);
      const ended = server.kill("SIGTERM");
      assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
      assertEquals((await ended).code, 0);
    });

    await t.step({
      name: "outlives signals and a full disk, in the zone that TZ names",
      ignore: Deno.build.os !== "linux",
      async fn() {
        await using server = await startServer(["--port", "0"], {
          command: ["sh", "-c", 'exec "$@" 2>/dev/full', "sh", executable],
          cwd: elsewhere,
          env: { TZ: "JST-9" },
        });
        const signals = ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGPIPE"] as const;
        for (const signal of signals) Deno.kill(server.pid, signal);
        await using reader = await EventReader.open(`${server.url}sse/`);
        const [tick] = await reader.take(2);
        assertStringIncludes(
          tick!.data!,
          timeFormat("Asia/Tokyo")(Date.now()).slice(0, 13),
        );
        assertEquals((await server.kill()).code, 0);
      },
    });

    await t.step(
      "answers --version and refuses a flag that is none",
      async () => {
        const run = (flag: string) =>
          new Deno.Command(executable, { args: [flag], cwd: elsewhere })
            .output();
        assertMatch(
          new TextDecoder().decode((await run("--version")).stdout),
          /^chime \d+\.\d+\.\d+\n$/,
        );
        const refused = await run("--prot");
        assertEquals(refused.code, 2);
        assertMatch(
          new TextDecoder().decode(refused.stderr),
          /^\S+Z error Cannot use option --prot: must be a known one \(see --help\)\n$/,
        );
      },
    );

    await t.step({
      name: "says at start where few files may be open",
      ignore: Deno.build.os === "windows",
      async fn() {
        await using server = await start(
          "sh",
          "-c",
          'ulimit -n 300 && exec "$0" "$@"',
        );
        assertStringIncludes(
          server.log,
          "there is room for 224 clients only",
        );
      },
    });

    await t.step("may do what serving takes and nothing else", async () => {
      const probe = join(folder, "probe");
      await compile({ output: probe, main: "tests/tools/permission_probe.ts" });
      const may = async (journal: string) => {
        const { stdout } = await new Deno.Command(probe, {
          args: [journal, folder],
          cwd: elsewhere,
        }).output();
        return JSON.parse(new TextDecoder().decode(stdout));
      };
      const withoutFile = {
        "net": true,
        "env HOST": true,
        "env PATH": false,
        "read limits": true,
        "read /etc": false,
        "read the folder": false,
        "write the folder": false,
        "write beside it": false,
        "write": false,
        "run": false,
        "ffi": false,
        "sys": false,
      };
      assertEquals(await may(""), withoutFile);
      assertEquals(await may(join(folder, "events.db")), {
        ...withoutFile,
        "read the folder": true,
        "write the folder": true,
      });
    });

    await t.step(
      "keeps events in a file, from one start to the next",
      async () => {
        const args = ["--port", "0", "--token", "t", "--journal"];
        const url = `sqlite:${join(folder, "events.db")}`;
        const options = { command: [executable], cwd: elsewhere };
        let id;
        {
          await using server = await startServer([...args, url], options);
          const response = await fetch(`${server.url}sse/news`, {
            method: "POST",
            headers: { authorization: "Bearer t" },
            body: "kept",
          });
          ({ id } = await response.json());
          await server.kill("SIGKILL");
        }
        await using server = await startServer([...args, url], options);
        await using reader = await EventReader.open(
          `${server.url}sse/news?since=earliest`,
        );
        const [event] = await reader.take(1);
        assertEquals([event!.id, event!.data], [id, "kept"]);
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(elsewhere, { recursive: true });
  }
});
