import { assert, assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";

const ignore = Deno.build.os !== "linux";

/** Starts a server that fails when a request asks it to, see `failing_server.ts`. */
function start(workers: number) {
  return startServer(["--port", "0", "--workers", `${workers}`], {
    command: [
      ...[Deno.execPath(), "run", "-P=serve"],
      ...["--preload", "tests/faults/failing_server.ts", "main.ts"],
    ],
  });
}

for (
  const [path, line] of [
    [
      "throw",
      'an error was not caught, ending the process error="Error: thrown in a timer"',
    ],
    [
      "reject",
      'a rejection was not caught, ending the process error="Error: rejected"',
    ],
  ] as const
) {
  Deno.test(`An error that nothing catches (${path}) is logged with its stack, streams are drained, and the process ends with 70`, async () => {
    await using server = await start(1);
    const readers = await Promise.all(
      ["sse/", "sse/news"].map((to) => EventReader.open(server.url + to)),
    );
    await fetch(server.url + path).then((answer) => answer.body?.cancel());
    for (const reader of readers) {
      assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
    }
    assertEquals((await within(server.status)).code, 70);
    await server.kill();
    assert(server.log.includes(`error ${line}\n    at `), server.log);
  });

  Deno.test({
    name:
      `With --workers 2 an error that nothing catches in a worker (${path}) is logged with its stack, and the worker replaced`,
    ignore,
    async fn() {
      await using server = await start(2);
      await fetch(server.url + path).then((answer) => answer.body?.cancel())
        .catch(() => {});
      await until(() =>
        server.log.includes("a worker crashed, starting another")
      );
      assertMatch(
        server.log,
        /error an error was not caught in a worker error="Error: .*"\n {4}at /,
      );
      // What the crashed worker had accepted is reset.
      await using reader = await until(() =>
        EventReader.open(`${server.url}sse/`).catch(() => undefined)
      );
      assertEquals((await reader.take(2)).length, 2);
      assertEquals((await server.kill()).code, 0);
    },
  });
}

Deno.test({
  name:
    "A worker whose thread is frozen is noticed: the others drain, and the process ends with 70",
  ignore,
  async fn() {
    await using server = await start(2);
    const readers = await Promise.all(
      Array.from({ length: 24 }, () => EventReader.open(`${server.url}sse/`)),
    );
    await Promise.all(readers.map((reader) => reader.take(1)));
    const frozen = fetch(`${server.url}freeze`).catch((error) => error);
    const lasts = await Promise.all(readers.map(async (reader) => {
      const events = await reader.rest().catch(() => []);
      return events.at(-1)?.data;
    }));
    const { code } = await within(server.status);
    assertEquals(code, 70);
    assert(await frozen instanceof TypeError);
    // The system might give all of these few streams to one worker, but hardly ever does.
    const drained = lasts.filter((data) => data === '{"state":"draining"}');
    assert(drained.length > 0 && drained.length < readers.length, `${lasts}`);
    await server.kill();
    assertMatch(
      server.log,
      /error a worker has been silent for 10 s, ending the process\n$/,
    );
  },
});
