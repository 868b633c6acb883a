import { assert, assertEquals, assertMatch } from "@std/assert";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

for (const workers of [1, 2]) {
  const ignore = workers > 1 && Deno.build.os !== "linux";

  Deno.test({
    name:
      `With --workers ${workers} and --log json every line is a JSON object, from the settings to the drain`,
    ignore,
    async fn() {
      await using server = await startServer([
        ...["--port", "0", "--workers", `${workers}`, "--log", "json"],
        "--access-log",
      ], { env: { CHIME_TOKEN: "s3cret" } });
      const refused = await fetch(`${server.url}sse/news?ticket=s3cret`, {
        method: "POST",
        body: "x",
        headers: { authorization: "Bearer s3cret2", cookie: "a=s3cret" },
      });
      const requestId = refused.headers.get("x-request-id")!;
      await refused.body?.cancel();
      assertEquals((await server.kill()).code, 0);
      const lines = server.log.trimEnd().split("\n")
        .filter((line) => !line.startsWith("Warning"))
        .map((line) => JSON.parse(line));
      const find = (message: string) =>
        lines.filter((line) => line.message === message);

      const [settings] = find("listening");
      assertEquals(settings.level, "info");
      assertEquals(settings.url, server.url);
      assertEquals(settings.token, "set");
      assertEquals(settings.workers, `${workers}`);
      assertEquals(settings["access-log"], "true");

      const [{ time, ...refusal }] = find("a publish was refused");
      assert(Math.abs(Date.now() - Date.parse(time)) < 60_000, time);
      const fields = {
        status: 401,
        method: "POST",
        path: "/sse/news",
        address: "127.0.0.1",
        requestId,
      };
      assertEquals(refusal, {
        level: "warn",
        message: "a publish was refused",
        reason:
          "Cannot take the token in the Authorization header: it is wrong",
        ...fields,
      });
      const [{ time: _time, ms, ...access }] = find("request");
      assert(ms >= 0);
      assertEquals(access, { level: "info", message: "request", ...fields });
      const last = lines.map(({ message }) => message);
      assert(last.includes("draining"), `${last}`);
      assertEquals(last.at(-1), "drained, ending the process");
      assert(!server.log.includes("s3cret"), server.log);
    },
  });

  Deno.test({
    name:
      `With --workers ${workers} a flood of refused publishes is a few lines, and a count of the rest at the end`,
    ignore,
    async fn() {
      await using server = await startServer(
        ["--port", "0", "--workers", `${workers}`],
      );
      for (let i = 1; i <= 100; i++) {
        const refused = await fetch(`${server.url}sse/${"é".repeat(i)}`, {
          method: "POST",
        });
        await refused.body?.cancel();
      }
      assertEquals((await server.kill()).code, 0);
      const refused = server.log.match(/ a publish was refused /g)!.length;
      assert(refused >= 10 && refused <= 10 * workers, server.log);
      const counts = [
        ...server.log.matchAll(
          / warn {2}lines like this were left out count=(\d+) like="a publish was refused"/g,
        ),
      ];
      const left = counts.reduce((sum, [, count]) => sum + Number(count), 0);
      assertEquals(refused + left, 100, server.log);
    },
  });
}

const CHIME = [
  ...[Deno.execPath(), "run", "--quiet", "-P=serve", "main.ts", "--port=0"],
];

/** Runs a command until its standard output has a text, and returns that output. Standard error is left out. */
async function outputOf(
  [program, ...args]: readonly string[],
  text: string,
  env: Record<string, string> = {},
): Promise<string> {
  const child = new Deno.Command(program!, {
    args,
    cwd: new URL("../../", import.meta.url),
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let output = "";
  const read = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (part) => void (output += part) }),
  );
  await until(() => output.includes(text));
  child.kill("SIGTERM");
  await Promise.all([child.status, read]);
  return output;
}

Deno.test("Standard output has the URL and nothing else: no token is drawn where others may read it", async () => {
  for (const env of [{}, { CHIME_TOKEN: "a-token" }]) {
    const output = await outputOf(CHIME, "listening", env);
    assertMatch(output, /^Chime is listening on http:\S+\n$/);
  }
});

const hasScript = await new Deno.Command("script", { args: ["--version"] })
  .output().then(({ success }) => success, () => false);

for (
  const [args, isDrawn] of [
    [[], true],
    [["--token=a-token"], false],
    [["--tokens=tokens.json"], false],
    [["--token-file=token"], false],
  ] as const
) {
  Deno.test({
    name: `On a terminal, Chime with ${args[0] ?? "no token"} shows ${
      isDrawn ? "a token that it has drawn" : "none"
    }${hasScript ? "" : " (skipped: no script)"}`,
    ignore: !hasScript,
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${folder}/tokens.json`, "[]");
        await Deno.writeTextFile(`${folder}/token`, "a-token\n");
        const command = [
          ...CHIME,
          ...args.map((arg) => arg.replace("=t", `=${folder}/t`)),
        ].map((part) => `'${part}'`).join(" ");
        const output = await outputOf(
          ["script", "-qefc", `exec ${command} 2> /dev/null`, "/dev/null"],
          isDrawn ? "#token=" : "listening",
        );
        assertMatch(
          output.replaceAll("\r", ""),
          isDrawn
            ? /^Chime is listening on http:\S+\nTo publish, with a token drawn for this run:\n {2}curl .*\nor open \S+#token=\S{32}\n/
            : /^Chime is listening on http:\S+\n$/,
        );
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
