import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess, refusing } from "../support/in_process.ts";

Deno.test("GET /sse/{channel},{channel} carries both in one order, with the channel in the type", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/b,a,b");
  await chime.publish("/sse/a", "1");
  await chime.publish("/sse/b?event=t", "2");
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event, data }) => [event, data]), [
    ["a", "1"],
    ["b#t", "2"],
  ]);
});

Deno.test("GET /sse/{channel} of more than 256 channels is refused", async () => {
  await using chime = inProcess();
  const names = Array.from({ length: 257 }, (_, i) => `c${i}`);
  await assertProblem(
    await chime.request(`/sse/${names}`),
    400,
    "Cannot use 257 channels: there must be 256 at most",
  );
  const stream = await chime.request(`/sse/${names.slice(1)}`);
  assertEquals(stream.status, 200);
  await stream.body!.cancel();
});

Deno.test("GET /sse/{channel},{channel} with a bad name after a good one is refused", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.request("/sse/a,b%20c"),
    400,
    'Cannot use channel "b c": a name must be 1 to 256 of A-Z a-z 0-9 . _ - : @ + ~ = /',
  );
});

Deno.test("GET /sse/{channel} is answered once the stream is counted: whoever publishes then is told of it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using chime = inProcess({
    main: {
      noteStream: () => promise,
      countStreams: () => Promise.resolve(1),
      count: () => Promise.reject(new Error("This is not asked here")),
    },
  });
  let isAnswered = false;
  const answer = chime.request("/sse/news").then((response) => {
    isAnswered = true;
    return response;
  });
  await chime.publish("/sse/news", "1");
  assertEquals(isAnswered, false);
  resolve();
  const [event] = await new EventReader((await answer).body!).take(1);
  assertEquals(event!.data, "1");
});

Deno.test("GET /sse/{channel} while draining tells an EventSource so", async () => {
  await using chime = refusing("draining");
  const response = await chime.request("/sse/news", {
    headers: { accept: "text/event-stream" },
  });
  assertEquals(response.headers.get("connection"), "close");
  const [event] = await new EventReader(response.body!).rest();
  assertEquals(event!.data, '{"state":"draining"}');
});

Deno.test("GET /sse/{channel} while overloaded tells others so, who find another connection", async () => {
  await using chime = refusing("overloaded");
  const response = await chime.request("/sse/news");
  assertEquals(response.headers.get("connection"), "close");
  assertEquals(response.headers.get("retry-after"), "3");
  await assertProblem(
    response,
    503,
    "Cannot open a stream: the server is overloaded",
  );
});

Deno.test("Channels that nobody listens to take no memory in the hub", async () => {
  await using chime = inProcess();
  for (let i = 0; i < 100; i++) {
    const stream = await chime.request(`/sse/c${i}`);
    await stream.body!.cancel();
    await chime.publish(`/sse/d${i}`, "x");
  }
  assertEquals(chime.instance.hub.channels, []);
});

Deno.test("GET /sse/{channel} takes names of several levels, and compares them byte by byte after one decoding", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/user/42,user/42:x@y+z~=");
  for (const path of ["user/42/a", "user", "User/42", "user.42", "user:42"]) {
    assertEquals((await chime.publish(`/sse/${path}`, "no")).status, 201);
  }
  await chime.publish("/sse/%75ser/4%32", "1");
  await chime.publish("/sse/user/42%3ax%40y%2Bz%7e%3D", "2");
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event, data }) => [event, data]), [
    ["user/42", "1"],
    ["user/42:x@y+z~=", "2"],
  ]);
});

Deno.test("GET /sse/{channel},{channel} tells a channel's type from a channel whose name holds a colon", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/user,user:42");
  await chime.publish("/sse/user?event=42", "type 42 of user");
  await chime.publish("/sse/user:42", "user:42");
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event, data }) => [event, data]), [
    ["user#42", "type 42 of user"],
    ["user:42", "user:42"],
  ]);
});
