import { assertEquals } from "@std/assert";
import { toApplication } from "../../access/open_access.ts";
import { parsePattern } from "../../events/pattern.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { fakeApplication } from "../support/fake_application.ts";
import { inProcess, refusing } from "../support/in_process.ts";

Deno.test("GET /sse/?channel= carries the channels that it names, as a path does", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/?channel=b&foo=1&channel=a%2Fc");
  await chime.publish("/sse/a/c", "1");
  await chime.publish("/sse/b?event=t", "2");
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event, data }) => [event, data]), [
    ["a/c", "1"],
    ["b#t", "2"],
  ]);
});

Deno.test("GET /sse/?channel= takes the parameters of any stream", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/a", "1");
  const stream = await chime.request("/sse/?channel=a&latest=1&status=0&tz=x");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals([event!.event, event!.data], [undefined, "1"]);
});

Deno.test("HEAD /sse/?channel= is answered as the GET", async () => {
  await using chime = inProcess();
  const answer = async (query: string) => {
    const { status, headers, body } = await chime.request(`/sse/${query}`, {
      method: "HEAD",
    });
    await body?.cancel();
    return [status, headers.get("content-type")];
  };
  assertEquals(
    await answer("?channel=a&channel=b"),
    [200, "text/event-stream; charset=utf-8"],
  );
  assertEquals(await answer("?channel=a,b"), [400, "application/problem+json"]);
});

for (
  const [path, detail] of [
    ["/sse/?channel=", 'Cannot use channel "": a name must be'],
    ["/sse/?channel=a&channel", 'Cannot use channel "": a name must be'],
    ["/sse/?channel=a,b", 'Cannot use channel "a,b": a name must be'],
    ["/sse/?channel=a%2cb", 'Cannot use channel "a,b": a name must be'],
    ["/sse/?channel=status", "status, open and error are reserved"],
    [
      "/sse/?channel=a*",
      "it must be *, a channel's name, or end in .* :* or /*",
    ],
    ["/sse/a*", "it must be *, a channel's name, or end in .* :* or /*"],
    [
      "/sse/?channel=x&channel=a+b",
      'Cannot use channel "a b": a query must have %2B for +, as + is a space there, which no name has',
    ],
    ["/sse/?channel=a%20b", 'Cannot use channel "a b": a query must have %2B'],
    [
      "/sse/a?channel=b",
      'Cannot use channel "b": the path must name no channels where the query does',
    ],
    ["/sse/a?channel=", 'Cannot use channel "": the path must name no'],
    [`/sse/?${"channel=a&".repeat(257)}`, "Cannot use 257 channels"],
  ]
) {
  Deno.test(`GET ${path!.slice(0, 60)} is refused`, async () => {
    await using chime = inProcess();
    const response = await chime.request(path!);
    const text = (await response.clone().json()).detail;
    assertEquals(text.includes(detail), true, text);
    await assertProblem(response, 400, text);
  });
}

Deno.test("GET /sse/?channel= takes a plus as %2B, and 256 channels", async () => {
  await using chime = inProcess();
  const names = Array.from({ length: 255 }, (_, i) => `channel=c${i}`);
  const stream = await chime.request(
    `/sse/?channel=a%2Bb&${names.join("&")}`,
  );
  await chime.publish("/sse/a+b", "1");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.event, "a+b");
});

Deno.test("GET /sse/?channel= while draining tells an EventSource so", async () => {
  await using chime = refusing("draining");
  const response = await chime.request("/sse/?channel=a", {
    headers: { accept: "text/event-stream" },
  });
  const [event] = await new EventReader(response.body!).rest();
  assertEquals(event!.data, '{"state":"draining"}');
});

Deno.test("GET and HEAD /sse/?channel= ask the application for the channels and patterns that the query names", async () => {
  await using application = fakeApplication(() =>
    Response.json({ subscribe: ["user.*"] })
  );
  await using chime = inProcess({
    access: {
      isPrivate: [parsePattern("user.*")],
      application: toApplication(application.url, 1),
    },
  });
  // The application is on a real socket.
  chime.time[Symbol.dispose]();
  const query = "channel=news&channel=user.4%2B2&channel=user.1.*";
  for (
    const [path, method, status] of [
      [`/sse/?${query}`, "GET", 200],
      [`/sse/?tz=x&${query}&flat=1`, "HEAD", 200],
      [`/sse/?${query}&channel=*`, "GET", 403],
    ] as const
  ) {
    const response = await chime.request(path, { method });
    assertEquals(response.status, status);
    await response.body?.cancel();
  }
  const asked = "/auth?action=subscribe&channel=user.4%2B2&channel=user.1.*";
  assertEquals(application.questions.map(({ target }) => target), [
    ...[asked, asked, `${asked}&channel=*`],
  ]);
});
