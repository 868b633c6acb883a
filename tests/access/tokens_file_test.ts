import { assert, assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { AccessFileError } from "../../access/access_file_error.ts";
import type { Token } from "../../access/token.ts";
import { TokensFile } from "../../access/tokens_file.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { until } from "../support/until.ts";

/** Long enough ago for a file not to change again unnoticed. */
const LONG_AGO = new Date("2026-11-22T05:00:00Z");
const START = "2026-11-22T06:00:00Z";
const LOOK_MS = 5_000;

function textOf(...names: string[]): string {
  return JSON.stringify(
    names.map((name) => ({ name, token: `token-of-${name}` })),
  );
}

/** A file of tokens in a folder of its own, under fake time. */
async function opened(names: string[]) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/tokens.json`;
  const write = async (text: string, at = LONG_AGO, to = path) => {
    await Deno.writeTextFile(to, text);
    await Deno.utime(to, at, at);
  };
  await write(textOf(...names));
  const log = new CapturedLog();
  const time = new FakeTime(START);
  let reads = 0;
  let untilRead: Promise<void> | undefined;
  const { readTextFile } = Deno;
  const read = stub(Deno, "readTextFile", async (path) => {
    const text = await readTextFile(path);
    reads++;
    await untilRead;
    return text;
  });
  let looks = 0;
  const { stat } = Deno;
  const looked = stub(Deno, "stat", async (path) => {
    try {
      return await stat(path);
    } finally {
      looks++;
    }
  });
  const file = await TokensFile.open(path);
  const changes: string[][] = [];
  file.follow((tokens: readonly Token[]) => {
    changes.push(tokens.map(({ name }) => name));
  });
  return {
    path,
    folder,
    log,
    file,
    changes,
    write,
    /** Has readings that begin from now on take until the promise is resolved. */
    holdReads(promise: Promise<void> | undefined) {
      untilRead = promise;
    },
    get looks() {
      return looks;
    },
    get reads() {
      return reads;
    },
    /** Lets 5 s pass, and waits until the file was looked at, and for what follows from that. */
    async look() {
      const before = looks;
      await time.tickAsync(LOOK_MS);
      await until(() => looks > before);
      await settled();
    },
    time,
    async [Symbol.asyncDispose]() {
      file[Symbol.dispose]();
      looked.restore();
      read.restore();
      time[Symbol.dispose]();
      log[Symbol.dispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Waits for readings that are under way, which take real time. */
async function settled(): Promise<void> {
  // Each of them is a call to a thread that answers such calls in turn.
  for (let i = 0; i < 10; i++) await Deno.lstat("/");
}

Deno.test("TokensFile reads a file that has changed, every 5 s, and no other one", async () => {
  await using w = await opened(["a"]);
  assertEquals(w.file.tokens.map(({ name }) => name), ["a"]);
  await w.look();
  await w.look();
  assertEquals([w.reads, w.changes], [1, []]);
  await w.write(textOf("a", "b"));
  await w.time.tickAsync(LOOK_MS - 1_000);
  assertEquals(w.changes, []);
  await w.look();
  await until(() => w.changes.length > 0);
  assertEquals(w.changes, [["a", "b"]]);
  assertEquals(w.file.tokens.map(({ name }) => name), ["a", "b"]);
  assertEquals(w.log.lines, ["info the tokens were read"]);
  assertEquals(w.log.records[0]!.fields, { tokens: 2 });
});

for (
  const [what, change] of [
    ["size", async (w) => await w.write(textOf("bb"))],
    [
      "time",
      async (w) => await w.write(textOf("b"), new Date("2026-11-22T05:00:01Z")),
    ],
    [
      "inode",
      async (w) => {
        await w.write(textOf("b"), LONG_AGO, `${w.folder}/new`);
        await Deno.rename(`${w.folder}/new`, w.path);
      },
    ],
    [
      "target, as a link",
      async (w) => {
        await w.write(textOf("b"), LONG_AGO, `${w.folder}/new`);
        await Deno.remove(w.path);
        await Deno.symlink("new", w.path);
      },
    ],
  ] as [string, (w: Awaited<ReturnType<typeof opened>>) => Promise<void>][]
) {
  Deno.test(`TokensFile notices a file of which nothing but the ${what} is another`, async () => {
    await using w = await opened(["a"]);
    await change(w);
    await w.look();
    await until(() => w.changes.length > 0);
    assertEquals(w.changes.flat().map((name) => name[0]), ["b"]);
  });
}

Deno.test("TokensFile reads a file once more that had just been changed: it may change again without looking different", async () => {
  await using w = await opened(["a"]);
  const now = () => new Date(Date.now() + LOOK_MS);
  const justNow = now();
  await w.write(textOf("b"), justNow);
  await w.look();
  await until(() => w.changes.length > 0);
  // As large, and written within the same tick of the file system's clock.
  await w.write(textOf("c"), justNow);
  await w.look();
  await until(() => w.changes.length > 1);
  assertEquals(w.changes, [["b"], ["c"]]);
  const { reads } = w;
  await w.look();
  await w.look();
  assertEquals([w.changes.length, w.reads - reads <= 1], [2, true]);
});

Deno.test("TokensFile keeps the tokens while the file cannot be used, and says so once for each reason", async () => {
  await using w = await opened(["a"]);
  const REFUSAL =
    "warn the file of tokens cannot be used, the tokens stay as they are";
  await w.write(textOf("b", "c").slice(0, -3));
  await w.look();
  await until(() => w.log.lines.length > 0);
  await w.look();
  await w.look();
  assertEquals(w.log.lines, [REFUSAL]);
  assertEquals(w.log.records[0]!.fields, {
    file: w.path,
    reason: "Cannot read the tokens: they must be a JSON list",
  });
  await Deno.remove(w.path);
  await w.look();
  await until(() => w.log.lines.length > 1);
  await w.look();
  assertEquals(w.log.lines, [REFUSAL, REFUSAL]);
  assertEquals(w.file.tokens.map(({ name }) => name), ["a"]);
  assertEquals(w.changes, []);
  // The file comes back as it was at first.
  await w.write(textOf("a"));
  await w.look();
  await until(() => w.changes.length > 0);
  assertEquals(w.log.lines.slice(2), ["info the tokens were read"]);
  await Deno.remove(w.path);
  await w.look();
  await until(() => w.log.lines.length > 3);
  assertEquals(w.log.lines[3], REFUSAL);
  assert(!JSON.stringify(w.log.records).includes("token-of"));
});

Deno.test("TokensFile.reload reads a file that looks the same, and resolves when its tokens count", async () => {
  await using w = await opened(["a"]);
  await w.write(textOf("b"));
  await w.file.reload();
  assertEquals(w.changes, [["b"]]);
  // The same content is no change.
  await w.file.reload();
  assertEquals(w.changes, [["b"]]);
  await w.write("[");
  await w.file.reload();
  assertEquals(w.changes, [["b"]]);
});

Deno.test("TokensFile brings the newest tokens last, though an earlier reading take longer", async () => {
  await using w = await opened(["a"]);
  const { promise, resolve } = Promise.withResolvers<void>();
  await w.write(textOf("b"));
  w.holdReads(promise);
  const slow = w.file.reload();
  await until(() => w.reads === 2);
  w.holdReads(undefined);
  await w.write(textOf("c"));
  const quick = w.file.reload();
  await settled();
  resolve();
  await Promise.all([slow, quick]);
  assertEquals(w.changes, [["b"], ["c"]]);
});

Deno.test("TokensFile says each time that the file is away, and that it is back", async () => {
  await using w = await opened(["a"]);
  for (let round = 1; round <= 2; round++) {
    await Deno.remove(w.path);
    await w.file.reload();
    await w.write(textOf("a"));
    await w.look();
    await until(() => w.changes.length === round);
  }
  assertEquals(w.log.lines.map((line) => line.split(" ")[0]), [
    ...["warn", "info", "warn", "info"],
  ]);
});

Deno.test("TokensFile is silent after its end", async () => {
  await using w = await opened(["a"]);
  await w.write(textOf("b"));
  const reading = w.file.reload();
  w.file[Symbol.dispose]();
  await reading;
  const { looks } = w;
  await w.time.tickAsync(60_000);
  await settled();
  assertEquals([w.changes, w.looks], [[], looks]);
});

Deno.test("TokensFile.open refuses a file that cannot be used", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/half`, '[{"name":"a"');
    for (
      const [name, reason] of [
        ["none", "No such file"],
        ["", ""],
        ["half", "Cannot read the tokens: they must be a JSON list"],
      ]
    ) {
      await assertRejects(
        () => TokensFile.open(`${folder}/${name}`),
        AccessFileError,
        `Cannot use the file of tokens "${folder}/${name}": ${reason}`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
