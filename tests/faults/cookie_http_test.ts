import { assertEquals } from "@std/assert";
import { hasCurl } from "../support/curl.ts";
import { fakeApplication } from "../support/fake_application.ts";
import { startServer } from "../support/server_process.ts";

/** The status of the answer to a publish that curl sends. */
async function statusOf(args: string[]): Promise<number> {
  const { stdout } = await new Deno.Command("curl", {
    args: ["-s", "-d", "x", "-o", "/dev/null", "-w", "%{http_code}", ...args],
  }).output();
  return Number(new TextDecoder().decode(stdout));
}

function fields(headers: string[]): string[] {
  return headers.flatMap((header) => ["-H", header]);
}

for (
  const [listener, version] of [
    ["deno", "--http1.1"],
    ["deno", "--http2-prior-knowledge"],
    ["node", "--http1.1"],
  ] as const
) {
  Deno.test({
    name:
      `With --listener ${listener} and curl ${version} cookies in several fields are one, and count by the host of the URL`,
    ignore: !hasCurl,
    async fn() {
      await using app = fakeApplication(() =>
        Response.json({ publish: ["user.42"] })
      );
      await using server = await startServer([
        ...["--port", "0", "--listener", listener],
        ...["--auth-cookie", "chime", "--token", "t", "--auth-url", app.url],
      ]);
      const own = server.url.slice(0, -1);
      const url = `${server.url}sse/user.42`;
      const ask = (headers: string[]) =>
        statusOf([version, ...fields(headers), url]);
      const cookies = ["Cookie: a=1", "Cookie: chime=t; b=2", "Cookie: c=3"];
      assertEquals(await ask([...cookies, `Origin: ${own}`]), 201);
      assertEquals(app.questions.length, 0);
      const wrong = [...cookies, "Cookie: chime=u", `Origin: ${own}`];
      assertEquals(await ask(wrong), 401);

      // The application gets them as one, too, and from its own pages alone.
      const session = ["Cookie: a=1", "Cookie: session=2"];
      for (
        const [origin, cookie] of [
          [own, "a=1; session=2"],
          [own.replace("http:", "https:"), "a=1; session=2"],
          [own.replace(/\d+$/, "1"), undefined],
          ["https://evil.test", undefined],
        ] as const
      ) {
        const status = await ask([...session, `Origin: ${origin}`]);
        assertEquals(status, 201);
        const [question] = app.questions.splice(0);
        assertEquals(question!.headers.cookie, cookie);
        assertEquals(question!.headers.origin, origin);
      }
      // The host that counts is the one that the client named.
      const named = server.url.replace("127.0.0.1", "localhost");
      const resolved = ["--connect-to", `::127.0.0.1:${server.port}`];
      for (const [origin, counts] of [[named, true], [server.url, false]]) {
        const status = await statusOf([
          ...[version, ...resolved],
          ...fields([...session, `Origin: ${`${origin}`.slice(0, -1)}`]),
          `${named}sse/user.42`,
        ]);
        assertEquals(status, 201);
        const [question] = app.questions.splice(0);
        assertEquals(question!.headers.cookie !== undefined, counts);
      }
    },
  });
}
