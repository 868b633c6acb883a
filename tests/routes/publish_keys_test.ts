import { assertEquals } from "@std/assert";
import { digestOf } from "../../access/token.ts";
import { rightsOf } from "../access/grants.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess } from "../support/in_process.ts";
import { heldEvents } from "../support/read_events.ts";

const NDJSON = "application/x-ndjson";
const CHANNELS = ["a", "b", "c"];

/** Publishers, by the texts of their tokens. */
const TOKENS = {
  one: { name: "one", subject: "s" },
  two: { name: "two", subject: "s" },
  three: { name: "three", subject: "t" },
  four: { name: "four", subject: undefined },
  five: { name: "five", subject: undefined },
  // As a subject is called.
  six: { name: "s", subject: undefined },
};

function setUp() {
  const chime = inProcess({
    access: {
      isPrivate: [],
      tokens: Object.entries(TOKENS).map(([text, { name, subject }]) => ({
        id: digestOf(text),
        name,
        rights: rightsOf({
          publish: ["*"],
          ...subject !== undefined && { subject },
        }),
      })),
    },
  });
  return {
    chime,
    /** Publishes with a key; without one where it is empty. */
    post(
      path: string,
      body: string,
      key = "k",
      token: keyof typeof TOKENS = "one",
    ) {
      return chime.publish(path, body, NDJSON, {
        authorization: `Bearer ${token}`,
        ...key && { "idempotency-key": key },
      });
    },
    /** The data of what is held. */
    async data() {
      const events = await heldEvents(chime.journal, CHANNELS);
      return events.map(({ data }) => data);
    },
    [Symbol.asyncDispose]: () => chime[Symbol.asyncDispose](),
  };
}

/** Asserts the status and the ids of an answer, and returns the ids. */
async function ids(response: Response, status: number): Promise<string[]> {
  const answer = await response.json();
  assertEquals(response.status, status, JSON.stringify(answer));
  return answer.ids;
}

Deno.test("POST with a key that came before is a 200 with the first answer's id, and publishes nothing", async () => {
  await using chime = inProcess();
  const post = (body: string, type?: string) =>
    chime.publish(`/sse/a${type ? `?event=${type}` : ""}`, body, "text/plain", {
      "idempotency-key": "k",
    });
  const first = await post("x", "t");
  const again = await post("x", "t");
  assertEquals([first.status, again.status], [201, 200]);
  assertEquals(again.headers.get("cache-control"), "no-store");
  assertEquals(await again.json(), await first.json());
  for (const other of [post("y", "t"), post("x", "u"), post("x")]) {
    await assertProblem(
      await other,
      422,
      'Cannot publish with Idempotency-Key "k": it was used for another message',
    );
  }
  assertEquals(chime.instance.counts().messages, 1);
  assertEquals((await heldEvents(chime.journal, ["a"])).length, 1);
});

Deno.test("POST with one key at once publishes once", async () => {
  await using at = setUp();
  const responses = await Promise.all(
    Array.from({ length: 9 }, () => at.post("/sse/a", '{"data":"x"}')),
  );
  assertEquals(responses.map(({ status }) => status).sort(), [
    ...Array.from({ length: 8 }, () => 200),
    201,
  ]);
  assertEquals(await at.data(), ["x"]);
});

Deno.test("POST of NDJSON with an Idempotency-Key is repeated as a whole, and conflicts with any other batch", async () => {
  await using at = setUp();
  const batch = '{"data":"1"}\n{"data":"1"}\n{"data":"2"}\n';
  const first = await ids(await at.post("/sse/a", batch), 201);
  assertEquals(new Set(first).size, 3);
  assertEquals(await ids(await at.post("/sse/a", batch), 200), first);
  const others = [
    '{"data":"1"}',
    '{"data":"1"}\n{"data":"1"}',
    `${batch}{"data":"3"}`,
    '{"data":"2"}\n{"data":"1"}\n{"data":"1"}',
    '{"data":"1"}\n{"data":"1"}\n{"data":"2","event":"t"}',
  ];
  for (const other of others) {
    assertEquals((await at.post("/sse/a", other)).status, 422, other);
  }
  assertEquals(await at.data(), ["1", "1", "2"]);
});

Deno.test("POST of NDJSON with keys of its lines publishes the rest, and answers all ids in order", async () => {
  await using at = setUp();
  const post = (...lines: string[]) => at.post("/sse/a", lines.join("\n"), "");
  const [one, two, three] = [1, 2, 3].map((n) =>
    `{"data":"${n}","key":"k${n}"}`
  ) as [string, string, string];
  const [first] = await ids(await post(one), 201);
  const some = await ids(await post(two, one, three, two), 201);
  assertEquals(some, [some[0], first, some[2], some[0]]);
  assertEquals(
    await ids(await post(three, '{"data":"4"}', one), 201).then((ids) =>
      ids.filter((id) => some.includes(id))
    ),
    [some[2], first],
  );
  assertEquals(await ids(await post(one, two), 200), [first, some[0]]);
  assertEquals(await at.data(), ["1", "2", "3", "4"]);
  assertEquals(at.chime.instance.counts().messages, 4);
});

Deno.test("POST of NDJSON with a key that came with another message publishes nothing, and names the line", async () => {
  await using at = setUp();
  const line = (data: string, key: string) =>
    JSON.stringify({ data, key, type: "t" });
  await at.post("/sse/a", line("1", "k"), "");
  for (
    const [body, what] of [
      [`${line("2", "new")}\n${line("2", "k")}`, 'line 2 with key "k"'],
      [`${line("2", "n")}\n${line("3", "n")}`, 'line 2 with key "n"'],
    ] as const
  ) {
    await assertProblem(
      await at.post("/sse/a", body, ""),
      422,
      `Cannot publish ${what}: it was used for another message`,
    );
  }
  assertEquals(await at.data(), ["1"]);
});

Deno.test("POST of NDJSON takes keys of its lines or one for all, and not both", async () => {
  await using at = setUp();
  const lines = '{"data":"1"}\n{"data":"1","key":"own"}';
  await assertProblem(
    await at.post("/sse/a", lines),
    400,
    "Cannot publish line 2: it must have no key, as there is an Idempotency-Key",
  );
  assertEquals(await at.data(), []);
});

Deno.test("A key of a line is the same as an Idempotency-Key of one message", async () => {
  await using at = setUp();
  const [first] = await ids(
    await at.post("/sse/a", '{"data":"1","key":"k"}', ""),
    201,
  );
  assertEquals(await ids(await at.post("/sse/a", '{"data":"1"}'), 200), [
    first!,
  ]);
});

Deno.test("POST to several channels with a key is repeated as a whole, in whatever order they are named", async () => {
  await using at = setUp();
  const line = '{"data":"1"}';
  const [a, b] = await ids(await at.post("/sse/a,b", line), 201);
  assertEquals(await ids(await at.post("/sse/b,a", line), 200), [b!, a!]);
  assertEquals((await at.post("/sse/b,a", '{"data":"2"}')).status, 422);
  assertEquals(await at.data(), ["1", "1"]);
});

Deno.test("A key counts for one set of channels, and for one publisher", async () => {
  await using at = setUp();
  const post = (path: string, token?: keyof typeof TOKENS) =>
    at.post(path, '{"data":"1"}', "k", token);
  const seen = new Set<string>();
  for (
    const [path, token] of [
      ["/sse/a", "one"],
      ["/sse/b", "one"],
      ["/sse/a,b", "one"],
      ["/sse/a", "three"],
      ["/sse/a", "four"],
      ["/sse/a", "five"],
      ["/sse/a", "six"],
    ] as const
  ) {
    for (const id of await ids(await post(path, token), 201)) seen.add(id);
  }
  assertEquals(seen.size, 8);
  // Another token of the same subject.
  assertEquals((await post("/sse/a", "two")).status, 200);
  const named = await at.post("/sse/", '{"data":"1","channel":"b"}');
  assertEquals(named.status, 200);
});

Deno.test("A key outlives the text of its token", async () => {
  await using at = setUp();
  const post = (token: string) =>
    at.chime.publish("/sse/a", "x", "text/plain", {
      authorization: `Bearer ${token}`,
      "idempotency-key": "k",
    });
  assertEquals((await post("four")).status, 201);
  at.chime.instance.changeAccess({
    tokens: [{
      id: digestOf("new"),
      name: "four",
      rights: rightsOf({ publish: ["a"] }),
    }],
  });
  assertEquals((await post("new")).status, 200);
});
