import { assert, assertEquals, assertRejects } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { logLines } from "../support/log_lines.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

const isWindows = Deno.build.os === "windows";

function tokens(...entries: [token: string, rights: object][]): string {
  return JSON.stringify(
    entries.map(([token, rights], i) => ({ name: `${i}`, token, ...rights })),
  );
}

const ALL = { subscribe: ["*"], publish: ["*"] };

/** A folder that is removed at the end. */
async function tempFolder() {
  const path = await Deno.makeTempDir();
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function publishes(url: string, token: string): Promise<boolean> {
  const response = await fetch(`${url}sse/user.42`, {
    method: "POST",
    body: "x",
    headers: { authorization: `Bearer ${token}` },
  });
  await response.body?.cancel();
  return response.status === 201;
}

/** Whether each of many connections, which reach every worker, is answered alike. */
async function allPublish(url: string, token: string): Promise<boolean> {
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => publishes(url, token)),
  );
  return answers.every((isTaken) => isTaken);
}

async function nonePublishes(url: string, token: string): Promise<boolean> {
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => publishes(url, token)),
  );
  return answers.every((isTaken) => !isTaken);
}

/** The ways in which a file gets other content. `at` is the path that Chime knows. */
const CHANGES: [
  what: string,
  setUp: (folder: string, text: string) => Promise<string>,
  change: (folder: string, text: string) => Promise<void>,
][] = [
  [
    "is written anew",
    async (folder, text) => {
      await Deno.writeTextFile(`${folder}/tokens.json`, text);
      return `${folder}/tokens.json`;
    },
    (folder, text) => Deno.writeTextFile(`${folder}/tokens.json`, text),
  ],
  [
    "is replaced by another file",
    async (folder, text) => {
      await Deno.writeTextFile(`${folder}/tokens.json`, text);
      return `${folder}/tokens.json`;
    },
    async (folder, text) => {
      await Deno.writeTextFile(`${folder}/new`, text);
      await Deno.rename(`${folder}/new`, `${folder}/tokens.json`);
    },
  ],
  [
    "is a link to a folder that changes, as Kubernetes mounts a secret",
    async (folder, text) => {
      await Deno.mkdir(`${folder}/1`);
      await Deno.writeTextFile(`${folder}/1/tokens.json`, text);
      await Deno.symlink("1", `${folder}/..data`);
      await Deno.symlink("..data/tokens.json", `${folder}/tokens.json`);
      return `${folder}/tokens.json`;
    },
    async (folder, text) => {
      await Deno.mkdir(`${folder}/2`);
      await Deno.writeTextFile(`${folder}/2/tokens.json`, text);
      await Deno.symlink("2", `${folder}/..new`);
      await Deno.rename(`${folder}/..new`, `${folder}/..data`);
    },
  ],
];

for (const workers of [1, 2]) {
  for (const listener of ["deno", "node"]) {
    const ignore = isWindows || (workers > 1 && Deno.build.os !== "linux");
    for (const [what, setUp, change] of CHANGES) {
      Deno.test({
        name:
          `With --workers ${workers} and --listener ${listener} a file of tokens that ${what} counts after SIGHUP, and ends the streams of what is taken out`,
        ignore,
        async fn() {
          await using folder = await tempFolder();
          const path = await setUp(
            folder.path,
            tokens(["one", ALL], ["two", ALL]),
          );
          await using server = await startServer([
            ...["--port", "0", "--workers", `${workers}`],
            ...["--listener", listener, "--tokens", path, "--private", "*"],
          ]);
          const { url } = server;
          assert(await allPublish(url, "one"));
          assert(await nonePublishes(url, "three"));
          const open = (token: string) =>
            EventReader.open(`${url}sse/user.42`, {
              headers: { authorization: `Bearer ${token}` },
            });
          // So many that each worker has some.
          const [removed, kept] = await Promise.all(
            ["one", "two"].map((token) =>
              Promise.all(Array.from({ length: 6 }, () => open(token)))
            ),
          );

          await change(folder.path, tokens(["two", ALL], ["three", ALL]));
          Deno.kill(server.pid, "SIGHUP");

          for (const reader of removed!) {
            const data = (await reader.rest()).map(({ data }) => data);
            assertEquals(data, ['{"state":"expired"}']);
          }
          await until(() => allPublish(url, "three"));
          assert(await nonePublishes(url, "one"));
          for (const reader of kept!) {
            assertEquals((await reader.take(1))[0]!.data, "x");
            await reader[Symbol.asyncDispose]();
          }
          assertEquals(logLines(server.log, /SIGHUP/), [
            "info SIGHUP: reloading",
          ]);
          assert(!/one|three/.test(server.log), server.log);
        },
      });
    }
  }
}

Deno.test({
  name:
    "A file of tokens is looked at every 5 s, also relative to the working folder; half of one changes nothing, and is one line of the log",
  ignore: isWindows,
  async fn() {
    await using folder = await tempFolder();
    const path = `${folder.path}/tokens.json`;
    await Deno.writeTextFile(path, tokens(["one", ALL]));
    const root = new URL("../../", import.meta.url).pathname;
    await using server = await startServer([
      ...["--port", "0", "--tokens", "tokens.json"],
    ], {
      cwd: folder.path,
      command: [
        ...[Deno.execPath(), "run", "-P=serve"],
        ...[`--config=${root}deno.json`, `${root}main.ts`],
      ],
    });
    const text = tokens(["s3cret", ALL]);
    await Deno.writeTextFile(path, text.slice(0, -10));
    const refusals = () => logLines(server.log, /^warn the file/);
    await until(() => refusals().length > 0);
    assert(await publishes(server.url, "one"));
    await Deno.writeTextFile(path, text);
    await until(() => publishes(server.url, "s3cret"));
    assert(!await publishes(server.url, "one"));
    assertEquals(refusals(), [
      'warn the file of tokens cannot be used, the tokens stay as they are file=tokens.json reason="Cannot read the tokens: they must be a JSON list"',
    ]);
    assert(!server.log.includes("s3cret"), server.log);
  },
});

for (
  const [what, text, rule] of [
    ["no JSON", '[{"name":"s3cret', "they must be a JSON list"],
    ["an object", "{}", "they must be a JSON list"],
    [
      "a wrong entry",
      '[{"name":"a","token":"s3cret !"}]',
      "entry 1 of the tokens: token must be made of",
    ],
    ["nothing", undefined, "No such file"],
  ] as const
) {
  Deno.test(`Chime does not start with a file of tokens that has ${what}, and shows nothing of it`, async () => {
    await using folder = await tempFolder();
    const path = `${folder.path}/tokens.json`;
    if (text !== undefined) await Deno.writeTextFile(path, text);
    const error = await assertRejects(
      () => startServer(["--port", "0", "--tokens", path]),
      Error,
      "The server ended: ",
    );
    const lines = error.message.split("\n")
      .filter((line) => line.includes("Cannot use the file of tokens"));
    assertEquals(lines.length, 1, error.message);
    assert(lines[0]!.includes(rule), lines[0]);
    assert(!error.message.includes("s3cret"), error.message);
  });
}

Deno.test("CHIME_TOKEN_FILE sets the token, without its final newline, and a file that is empty or holds more is refused", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/token`;
  for (const text of ["a-token", "a-token\n", "a-token\r\n"]) {
    await Deno.writeTextFile(path, text);
    await using server = await startServer(["--port", "0"], {
      env: { CHIME_TOKEN_FILE: path },
    });
    assert(await publishes(server.url, "a-token"));
    assert(!await publishes(server.url, "b-token"));
    assertEquals(logLines(server.log, /nobody can publish/), []);
  }
  for (
    const text of ["", "\n", "s3cret\n\n", "s3cret b", " s3cret", undefined]
  ) {
    if (text === undefined) await Deno.remove(path);
    else await Deno.writeTextFile(path, text);
    const error = await assertRejects(
      () => startServer(["--port", "0", "--token-file", path]),
      Error,
      `Cannot use the file with the token "${path}": `,
    );
    assert(!error.message.includes("s3cret"), error.message);
  }
});

Deno.test("An empty CHIME_TOKEN refuses to start", async () => {
  await assertRejects(
    () => startServer(["--port", "0"], { env: { CHIME_TOKEN: "" } }),
    Error,
    'Cannot use CHIME_TOKEN "": it must have a value, or not be set',
  );
});

const PUBLIC =
  "warn everybody who reaches this server may subscribe to every channel: --private says which need a right";

for (
  const [args, expected] of [
    [["--host", "0.0.0.0"], [PUBLIC]],
    [["--host", "::"], [PUBLIC]],
    [["--host", "0.0.0.0", "--private", "user.*"], []],
    [["--host", "127.0.0.1"], []],
    [["--host", "localhost"], []],
    [["--host", "::1"], []],
  ] as const
) {
  Deno.test(`With ${args.join(" ")} a start ${expected.length ? "warns that all is public" : "warns of nothing"}, in one line`, async () => {
    await using server = await startServer([
      ...["--port", "0", "--token", "t", ...args],
    ]);
    const lines = logLines(server.log).filter((line) =>
      line.includes("private")
    );
    assertEquals(lines, [...expected]);
  });
}

Deno.test("Without a token and a terminal, one line says that nobody can publish, and nobody can", async () => {
  await using server = await startServer();
  assertEquals(logLines(server.log), [
    "warn nobody can publish until CHIME_TOKEN is set",
  ]);
  for (const token of ["", "undefined", "null", "t"]) {
    assert(!await publishes(server.url, token));
  }
});
