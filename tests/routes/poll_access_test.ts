import { assertEquals } from "@std/assert";
import { toApplication } from "../../access/open_access.ts";
import { readTokens } from "../../access/read_tokens.ts";
import { parsePattern } from "../../events/pattern.ts";
import { fakeApplication } from "../support/fake_application.ts";
import { type InProcess, inProcess } from "../support/in_process.ts";
import { readPolled } from "../support/polled.ts";

const tokens = readTokens(JSON.stringify([
  { name: "a", token: "t-a", subscribe: ["a"], publish: ["*"] },
]));

const isPrivate = [parsePattern("*")];

function poll(chime: InProcess, path: string, token?: string) {
  return chime.request(path, {
    headers: { ...token && { authorization: `Bearer ${token}` } },
  });
}

Deno.test("A poll of a private channel needs the right to subscribe", async () => {
  await using chime = inProcess({ access: { isPrivate, tokens } });
  await chime.journal.append([{ channel: "a", data: "1" }]);
  const statuses = [];
  for (
    const [path, token] of [
      ["/sse/a?poll=1", undefined],
      ["/sse/a?poll=1", "wrong"],
      ["/sse/a,b?poll=1", "t-a"],
    ] as const
  ) {
    const response = await poll(chime, path, token);
    statuses.push([response.status, (await response.json()).missing]);
  }
  assertEquals(statuses, [[401, ["a"]], [401, undefined], [403, ["b"]]]);
  assertEquals((await readPolled(poll(chime, "/sse/a?poll=1", "t-a"))).data, [
    "1",
  ]);
});

Deno.test("A ticket is spent by a poll", async () => {
  await using chime = inProcess({ access: { isPrivate, tokens } });
  const issued = await chime.request("/tickets", {
    method: "POST",
    body: "",
    headers: { authorization: "Bearer t-a" },
  });
  const { ticket } = await issued.json();
  const path = `/sse/a?poll=1&ticket=${ticket}`;
  assertEquals((await readPolled(poll(chime, path))).events, []);
  assertEquals((await poll(chime, path)).status, 401);
});

Deno.test("A poll asks the application, as a stream does", async () => {
  const answers = [{ subscribe: ["a"] }, { subscribe: [] }];
  await using application = fakeApplication(() => {
    const answer = answers.shift();
    return answer ? Response.json(answer) : new Response("no", { status: 500 });
  });
  await using chime = inProcess({
    access: { isPrivate, application: toApplication(application.url, 1) },
  });
  // The application is on a real socket.
  chime.time[Symbol.dispose]();
  const statuses: number[] = [];
  for (const cookie of ["1", "2", "3"]) {
    const response = await chime.request("/sse/a?poll=1", {
      headers: { cookie },
    });
    statuses.push(response.status);
    await response.body!.cancel();
  }
  assertEquals(statuses, [200, 403, 503]);
});
