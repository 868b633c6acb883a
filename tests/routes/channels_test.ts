import { assertEquals, assertMatch } from "@std/assert";
import { readTokens } from "../../access/read_tokens.ts";
import { parsePattern } from "../../events/pattern.ts";
import { UnavailableError } from "../../journal/history.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess, refusing } from "../support/in_process.ts";
import { wrappedJournal } from "../support/wrapped_journal.ts";

Deno.test("GET /channels says what is held of each channel, how many streams it has, and where the journal stands", async () => {
  await using chime = inProcess();
  const ids = await chime.journal.append(
    ["a+b", "c", "a+b", "other"].map((channel) => ({ channel, data: "" })),
  );
  const streams = await Promise.all(
    ["/sse/a+b", "/sse/c,a+b"].map((path) => chime.request(path)),
  );
  const response = await chime.request(
    "/channels?channel=none&channel=a%2Bb&channel=c&channel=none",
  );
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(await response.json(), {
    position: ids[3],
    channels: [
      { channel: "none", streams: 0, events: 0, first: null, last: null },
      {
        ...{ channel: "a+b", streams: 2, events: 2 },
        ...{ first: ids[0], last: ids[2] },
      },
      { channel: "c", streams: 1, events: 1, first: ids[1], last: ids[1] },
    ],
  });
  for (const { body } of streams) await body!.cancel();
});

Deno.test("GET /channels counts the streams of all workers", async () => {
  await using chime = inProcess({
    main: {
      noteStream: () => Promise.resolve(),
      countStreams: (channel) => Promise.resolve(channel.length),
      count: () => Promise.reject(new Error("This is not asked here")),
    },
  });
  const response = await chime.request("/channels?channel=abc&channel=d");
  const { channels } = await response.json();
  assertEquals(
    channels.map(({ streams }: { streams: number }) => streams),
    [3, 1],
  );
});

for (
  const [query, detail] of [
    [
      "",
      "Cannot describe channels: the query must name them, as in ?channel=a&channel=b",
    ],
    [
      "?channel=a&channel=news.*",
      'Cannot describe "news.*": it must be a channel\'s name, not a pattern',
    ],
    [
      "?channel=a+b",
      'Cannot use channel "a b": a query must have %2B for +, as + is a space there, which no name has',
    ],
    [
      "?channel=",
      'Cannot use channel "": a name must be 1 to 256 of A-Z a-z 0-9 . _ - : @ + ~ = /',
    ],
    [
      `?${Array.from({ length: 257 }, (_, i) => `channel=${i}`).join("&")}`,
      "Cannot use 257 channels: there must be 256 at most",
    ],
  ] as const
) {
  Deno.test(`GET /channels${query.slice(0, 30)} is a 400`, async () => {
    await using chime = inProcess();
    const response = await chime.request(`/channels${query}`);
    await assertProblem(response, 400, detail);
  });
}

Deno.test("GET /channels takes 256 names", async () => {
  await using chime = inProcess();
  const names = Array.from({ length: 256 }, (_, i) => `channel=c${i}`);
  const response = await chime.request(`/channels?${names.join("&")}`);
  assertEquals((await response.json()).channels.length, 256);
});

Deno.test("GET /channels needs the right to subscribe to each private channel", async () => {
  const tokens = readTokens(JSON.stringify([
    { name: "a", token: "t-a", subscribe: ["user.1"] },
  ]));
  await using chime = inProcess({
    access: { isPrivate: [parsePattern("user.*")], tokens },
  });
  const ask = (query: string, authorization?: string) =>
    chime.request(`/channels?${query}`, {
      headers: { ...authorization && { authorization } },
    });
  const bare = await ask("channel=news&channel=user.1");
  assertEquals(bare.status, 401);
  assertMatch((await bare.json()).detail, /subscribe to "user.1" without/);
  const other = await ask("channel=user.1&channel=user.2", "Bearer t-a");
  assertEquals(other.status, 403);
  assertEquals((await other.json()).missing, ["user.2"]);
  assertEquals((await ask("channel=user.1", "Bearer t-a")).status, 200);
  assertEquals((await ask("channel=news")).status, 200);
});

Deno.test("GET /channels is a 503 with Retry-After while the journal is away", async () => {
  const away = new UnavailableError("The journal is away");
  await using chime = inProcess({
    journal: wrappedJournal(() => ({ holdings: () => Promise.reject(away) })),
  });
  const response = await chime.request("/channels?channel=a");
  assertEquals(response.headers.get("retry-after"), "1");
  await assertProblem(response, 503, "The journal is away");
});

Deno.test("GET /channels is answered where no stream can be opened", async () => {
  await using chime = refusing("overloaded");
  const response = await chime.request("/channels?channel=a", {
    method: "HEAD",
  });
  assertEquals(response.status, 200);
});
