import { assert, assertEquals } from "@std/assert";
import { readTokens } from "../../access/read_tokens.ts";
import manifest from "../../deno.json" with { type: "json" };
import document from "../../docs/openapi.json" with { type: "json" };
import { parsePattern } from "../../events/pattern.ts";
import { MAX_SILENCE_MS } from "../../routes/body.ts";
import { routes } from "../../routes/mod.ts";
import type { Services } from "../../routes/services.ts";
import { CLIENT, type InProcess, inProcess } from "../support/in_process.ts";
import { follow, OPERATIONS, references } from "../support/openapi.ts";
import { recordParameters } from "../support/record_parameters.ts";
import { wrappedJournal } from "../support/wrapped_journal.ts";

/** A request: its path, and what it has besides. */
type Ask = [path: string, init?: RequestInit];

const JSON_TYPE = { "content-type": "application/json" };
const ADMIN = { authorization: "Bearer admin" };
const READER = { authorization: "Bearer reader" };
const NDJSON = { ...ADMIN, "content-type": "application/x-ndjson" };
const KEYED = { ...ADMIN, "idempotency-key": "k" };

/** The requests that make a publish give its answers. */
function publishes(path: string): Ask[] {
  return [
    [path, { body: "1", headers: KEYED }],
    [path, { body: "1", headers: KEYED }],
    [path, { body: "2", headers: KEYED }],
    [path, { body: '{"data":""}\n', headers: NDJSON }],
    [path, { body: "1" }],
    [path, { body: "1", headers: READER }],
    [path, { body: "1".repeat(1_001), headers: ADMIN }],
    [path, {
      body: "1",
      headers: { ...ADMIN, "content-type": "multipart/mixed" },
    }],
  ];
}

/** The requests that make each operation give its answers, but for those that any operation gives. */
const ASKS: Readonly<Record<string, readonly Ask[]>> = {
  "GET /": [["/"], ["/?tz=nowhere"]],
  "GET /sse": [["/sse?tz=UTC&ticket=1"]],
  "GET /sse/": [
    ...[["/sse/"], ["/sse/?channel=a&poll=1"], ["/sse/?poll=1"]] as Ask[],
    ["/sse/?channel=secret"],
    ["/sse/?channel=secret", { headers: READER }],
  ],
  "GET /sse/{channel}": [
    ...[["/sse/a"], ["/sse/a/b,c.*?poll=1"], ["/sse/a..b,,"]] as Ask[],
    ["/sse/secret?poll=1"],
    ["/sse/secret", { headers: READER }],
  ],
  "POST /sse/{channel}": publishes("/sse/a"),
  "POST /sse/": publishes("/sse/?channel=a"),
  "GET /channels": [
    ...[["/channels?channel=a"], ["/channels"]] as Ask[],
    ["/channels?channel=secret"],
    ["/channels?channel=secret", { headers: READER }],
  ],
  "POST /tickets": [
    ["/tickets", { headers: ADMIN }],
    ["/tickets", { body: "{}", headers: { ...JSON_TYPE, ...ADMIN } }],
    ["/tickets"],
    ["/tickets", { body: '{"publish":["a"]}', headers: READER }],
    ["/tickets", { body: "1".repeat(64 * 1024 + 1), headers: ADMIN }],
  ],
  "DELETE /subjects": [
    ["/subjects?subject=1", { headers: ADMIN }],
    ["/subjects", { headers: ADMIN }],
    ["/subjects?subject=1", { headers: READER }],
    ["/subjects?subject=1"],
  ],
  "GET /client.js": [["/client.js"]],
  "GET /client.d.ts": [["/client.d.ts"]],
  "GET /healthz": [["/healthz"]],
  "GET /readyz": [["/readyz"]],
  "GET /metrics": [["/metrics"]],
  "GET /static/{file}": [
    ...[["/static/clock.js"], ["/static/style.css"]] as Ask[],
    ...[["/static/icon.svg"], ["/static/none"]] as Ask[],
  ],
};

/** What is read of a query, and is no parameter of the operation. */
const NOT_LISTED: Readonly<Record<string, readonly string[]>> = {
  // It is taken out of what is passed on.
  "GET /sse": ["ticket"],
  // The path must name no channels where the query does.
  "GET /sse/{channel}": ["channel"],
  "POST /sse/{channel}": ["channel"],
};

/** What no request can provoke there: a request's client is not looked at. */
const UNPROVOKED: readonly string[] = [
  "GET /healthz 500 application/problem+json",
  "GET /readyz 500 application/problem+json",
];

const access = {
  isPrivate: [parsePattern("secret")],
  tokens: readTokens(JSON.stringify([
    {
      name: "a",
      token: "admin",
      subscribe: ["*"],
      publish: ["*"],
      admin: true,
    },
    { name: "r", token: "reader", subscribe: ["a"] },
  ])),
};

/** A method and the names of its path's parts, with `*` for what varies. */
function pathOf(operation: string): string {
  return operation.replace(/\{\w+\}$/, "*");
}

/** What an answer is in the document. */
async function shapeOf(answer: Response | Promise<Response>): Promise<string> {
  const { status, headers, body } = await answer;
  await body?.cancel();
  return [status, headers.get("content-type") ?? []].flat().join(" ");
}

/** The answers of an operation that ask for something by themselves. */
async function* special(
  chime: InProcess,
  operation: string,
  asks: readonly Ask[],
): AsyncGenerator<string> {
  const method = operation.split(" ")[0]!;
  const [path] = asks[0]!;
  const answerTo = (client: object, init: RequestInit = {}) =>
    shapeOf(
      chime.instance.answer(
        new Request(`http://chime.test${path}`, { method, ...init }),
        { ...CLIENT, ...client },
      ),
    );
  const headers = { "transfer-encoding": "gzip" };
  yield await answerTo({}, { headers });
  yield await shapeOf(chime.raw(`${path.split("?")[0]}?%ff`, { method }));
  if (operation === "GET /healthz" || operation === "GET /readyz") return;
  yield await answerTo({ refused: "address" });
  const failing = Object.defineProperty({ ...CLIENT }, "refused", {
    get() {
      throw new Error("This fails");
    },
  });
  const request = new Request(`http://chime.test${path}`, { method });
  yield await shapeOf(chime.instance.answer(request, failing));
  if (method !== "POST") return;
  // Nothing says how long the body is.
  yield await answerTo({}, { headers: ADMIN });
  const slow = answerTo({}, {
    headers: { ...ADMIN, "transfer-encoding": "chunked" },
    body: new ReadableStream(),
  });
  await chime.time.tickAsync(MAX_SILENCE_MS);
  yield await slow;
}

/** Every answer that can be provoked of an operation. */
async function provoke(
  operation: string,
  asks: readonly Ask[],
): Promise<Set<string>> {
  const method = operation.split(" ")[0]!;
  const shapes = new Set<string>();
  const [first, init] = asks[0]!;
  {
    await using chime = inProcess({ access });
    for (const [path, init] of asks) {
      const answer = await chime.request(path, { method, ...init });
      shapes.add(await shapeOf(answer));
      const etag = answer.headers.get("etag");
      if (!etag) continue;
      const headers = { "if-none-match": etag };
      shapes.add(await shapeOf(chime.request(path, { headers })));
    }
    for await (const shape of special(chime, operation, asks)) {
      shapes.add(shape);
    }
  }
  {
    await using chime = inProcess({ access, allowedHosts: ["else.where"] });
    shapes.add(await shapeOf(chime.request(first, { method, ...init })));
  }
  {
    const set = () => Promise.resolve(false);
    const journal = wrappedJournal(() => ({ set }));
    await using chime = inProcess({ access, journal });
    chime.instance.drain();
    shapes.add(await shapeOf(chime.request(first, { method, ...init })));
  }
  return shapes;
}

Deno.test("docs/openapi.json describes the paths and methods that there are", () => {
  const services = { access: {}, hub: {}, journal: {}, tally: {} };
  // A base path without its slash leads to the page, as /sse leads to /sse/.
  const all = routes(services as unknown as Services)
    .filter(({ path }) => path !== "");
  const table = all.flatMap((route) =>
    Object.keys(route.methods).map((method) => `${method} ${route.path}`)
  );
  const described = OPERATIONS.map(({ name }) => pathOf(name));
  assertEquals(described.toSorted(), table.toSorted());
  assertEquals(Object.keys(ASKS).map(pathOf).toSorted(), table.toSorted());
});

for (const { name, answers, parameters } of OPERATIONS) {
  Deno.test(`docs/openapi.json lists the answers of ${name}, and no others`, async () => {
    const provoked = await provoke(name, ASKS[name]!);
    const listed = answers.filter((answer) =>
      !UNPROVOKED.includes(`${name} ${answer}`)
    );
    assertEquals([...provoked].toSorted(), listed.toSorted());
  });

  Deno.test(`docs/openapi.json lists the parameters that ${name} reads, and no others`, async () => {
    await using chime = inProcess({ access });
    using record = recordParameters();
    for (const [path, init] of ASKS[name]!) {
      const method = name.split(" ")[0]!;
      const answer = await chime.request(path, { method, ...init });
      await answer.body?.cancel();
    }
    const listed = parameters.filter((one) => one.in === "query");
    assertEquals(
      [...record.names].toSorted(),
      [...listed.map((one) => one.name), ...NOT_LISTED[name] ?? []].toSorted(),
    );
  });
}

Deno.test("docs/openapi.json refers to what it has, and has nothing that it does not refer to", () => {
  const referred = new Set(references());
  for (const $ref of referred) assert(follow({ $ref }), $ref);
  for (const kind of ["parameters", "responses", "schemas"] as const) {
    for (const name of Object.keys(document.components[kind])) {
      assert(referred.has(`#/components/${kind}/${name}`), name);
    }
  }
});

Deno.test("docs/openapi.json is of this version", () => {
  assertEquals(document.info.version, manifest.version);
});
