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
          "Cannot publish: the Authorization header does not carry the right token",
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

Deno.test("Standard output has the URL and a drawn token, and nothing else", async () => {
  for (const env of [{ CHIME_TOKEN: "" }, { CHIME_TOKEN: "a-token" }]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-P=serve", "main.ts", "--port=0"],
      cwd: new URL("../../", import.meta.url),
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let text = "";
    const read = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({ write: (part) => void (text += part) }),
    );
    const isDrawn = env.CHIME_TOKEN === "";
    await until(() => text.includes(isDrawn ? "#token=" : "listening"));
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await read;
    assertMatch(
      text,
      isDrawn
        ? /^Chime is listening on http:\S+\nTo publish, with a token drawn for this run:\n {2}curl .*\nor open \S+#token=\S+\n$/
        : /^Chime is listening on http:\S+\n$/,
    );
  }
});
