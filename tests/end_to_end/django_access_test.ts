import { assertEquals } from "@std/assert";
import { hasDjango, NO_DJANGO, startDjango } from "../support/django.ts";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";

for (const listener of ["deno", "node"]) {
  Deno.test({
    name:
      `With --listener ${listener} the Django view of docs/access.md gives each user their own channel alone${NO_DJANGO}`,
    ignore: !hasDjango,
    async fn() {
      await using site = await startDjango();
      await using server = await startServer([
        ...["--port", "0", "--listener", listener, "--private", "user.*"],
        ...["--auth-url", site.authUrl, "--token", "t"],
      ]);
      const cookies = new Map([
        [42, await site.logIn(42)],
        [43, await site.logIn(43)],
      ]);
      const open = (user: number) =>
        EventReader.open(`${server.url}sse/user.${user}`, {
          headers: { cookie: cookies.get(user)! },
        });
      const statusOf = async (cookie: string, user: number, method = "GET") => {
        const response = await fetch(`${server.url}sse/user.${user}`, {
          method,
          ...method === "POST" && { body: "x" },
          headers: { cookie, "sec-fetch-site": "same-origin" },
        });
        await response.body?.cancel();
        return response.status;
      };
      await using a = await open(42);
      await using b = await open(43);
      for (const user of [42, 43]) {
        await fetch(`${server.url}sse/user.${user}`, {
          method: "POST",
          body: `for ${user}`,
          headers: { authorization: "Bearer t" },
        }).then((response) => response.body?.cancel());
      }
      assertEquals((await a.take(1))[0]!.data, "for 42");
      assertEquals((await b.take(1))[0]!.data, "for 43");
      const cookie = cookies.get(42)!;
      assertEquals(await statusOf(cookie, 43), 403);
      assertEquals(await statusOf(cookie, 4), 403);
      assertEquals(await statusOf("", 42), 401);
      assertEquals(await statusOf("sessionid=made-up", 42), 401);
      // The view gives no right to publish, and Django asks for no CSRF token.
      assertEquals(await statusOf(cookie, 42, "POST"), 403);
      await site.logOut(cookie);
      assertEquals(await statusOf(cookie, 42), 401);
    },
  });
}
