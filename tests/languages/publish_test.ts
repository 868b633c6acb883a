import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "node:path";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";
import { within } from "../support/within.ts";
import { type Program, PROGRAMS } from "./programs.ts";
import { HEADINGS } from "./snippets.ts";

/** What a program did. */
interface Run {
  success: boolean;
  /** All that it printed. */
  printed: string;
}

/** Longer than a compiler takes on a busy machine with nothing in its cache, in ms. */
const DEADLINE_MS = 240_000;

/** Runs a program as it stands on the page, but with this URL. */
async function run(
  { files, command: [program, ...args] }: Program,
  url: string,
  token: string,
): Promise<Run> {
  const folder = await Deno.makeTempDir({ prefix: "chime-publish-" });
  try {
    for (const [name, code] of Object.entries(files)) {
      const file = join(folder, name);
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeTextFile(
        file,
        code.replaceAll("http://127.0.0.1:8000/", url),
      );
    }
    const { success, stdout, stderr } = await within(
      new Deno.Command(program!, {
        args,
        cwd: folder,
        env: { CHIME_TOKEN: token },
        stdin: "null",
      }).output(),
      { deadlineMs: DEADLINE_MS },
    );
    const text = new TextDecoder();
    return { success, printed: text.decode(stdout) + text.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A server in front of Chime that refuses the first requests with a 503, and keeps the status of each answer. */
class Door implements AsyncDisposable {
  readonly statuses: number[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(chime: string, refusals: number) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const body = await request.text();
        const isRefused = this.statuses.length < refusals;
        const answer = isRefused
          ? new Response("refused", { status: 503 })
          : await fetch(chime + new URL(request.url).pathname.slice(1), {
            method: request.method,
            headers: request.headers,
            body,
          });
        this.statuses.push(answer.status);
        return new Response(await answer.text(), answer);
      },
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

for (const program of PROGRAMS) {
  const { heading, missing, published, goesOn = false } = program;
  const { channel, data } = published ?? { channel: "news", data: "Hello" };
  const name = missing
    ? `${heading} in docs/publish.md (skipped: ${missing})`
    : `${heading} in docs/publish.md`;

  Deno.test({
    name: `${name}: publishes, and after a 503 again`,
    ignore: missing !== undefined,
    async fn() {
      await using server = await startServer(["--port", "0", "--token", "t"]);
      await using reader = await EventReader.open(
        `${server.url}sse/${channel}`,
      );
      await using door = new Door(server.url, 1);
      const { success, printed } = await run(program, door.url, "t");
      assert(success, printed);
      assertEquals(door.statuses, [503, 201]);
      assertEquals((await reader.next())?.data, data);
    },
  });

  Deno.test({
    name: `${name}: fails after a 401, and says what Chime said`,
    ignore: missing !== undefined,
    async fn() {
      await using server = await startServer(["--port", "0", "--token", "t"]);
      await using door = new Door(server.url, 0);
      const { success, printed } = await run(program, door.url, "wrong");
      assertEquals(success, goesOn);
      assertEquals(door.statuses, [401]);
      assertMatch(printed, /"status":401/);
    },
  });
}

Deno.test("The programs of docs/publish.md give up after the fifth 503, and say what Chime said", async (t) => {
  const here = PROGRAMS.filter(({ missing }) => missing === undefined);
  // All at the same time: each waits for 12 s.
  const outcomes = await Promise.all(here.map(async (program) => {
    await using door = new Door("http://127.0.0.1:1/", Infinity);
    const outcome = await run(program, door.url, "t");
    return { ...outcome, program, statuses: door.statuses };
  }));
  for (const { program, success, printed, statuses } of outcomes) {
    await t.step(program.heading, () => {
      assertEquals(statuses, [503, 503, 503, 503, 503]);
      assertEquals(success, program.goesOn ?? false);
      assertMatch(printed, /refused/);
    });
  }
});

Deno.test("Every heading of docs/publish.md with a program is run", () => {
  assertEquals(PROGRAMS.map(({ heading }) => heading), HEADINGS);
});
