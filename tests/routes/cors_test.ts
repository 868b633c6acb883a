import { assertEquals } from "@std/assert";
import { inProcess, TOKEN } from "../support/in_process.ts";

const LISTED = ["https://a.test", "https://*.b.test", "capacitor://localhost"];
/** The headers for a page of an origin that is listed. */
const MAY = {
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "retry-after",
  "vary": "origin",
};

/** What a response says of who may read it. */
function cors({ headers }: Response) {
  return Object.fromEntries(
    [...headers].filter(([name]) =>
      name.startsWith("access-control") || name === "vary"
    ),
  );
}

/** What a Chime with these origins says to a request. */
async function ask(
  corsOrigins: string[],
  headers: Record<string, string>,
  { path = "/sse/news", method = "GET", status = 200 } = {},
) {
  await using chime = inProcess({ corsOrigins });
  const response = await chime.request(path, { method, headers });
  await response.body?.cancel();
  assertEquals(response.status, status);
  return cors(response);
}

Deno.test("Pages of other origins may use the streams only if the origin is listed", async () => {
  assertEquals(await ask([], { origin: "https://a.test" }), {});
  assertEquals(await ask(LISTED, { origin: "https://c.test" }), {
    vary: "origin",
  });
  assertEquals(await ask(LISTED, {}), { vary: "origin" });
  for (
    const origin of [
      "https://a.test",
      "https://x.b.test",
      "https://x.y.b.test",
      "capacitor://localhost",
    ]
  ) {
    assertEquals(await ask(LISTED, { origin }), {
      "access-control-allow-origin": origin,
      ...MAY,
    });
  }
});

Deno.test("Pages of any origin may use the streams without credentials if * is listed", async () => {
  const any = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "retry-after",
  };
  for (
    const headers of [{}, { origin: "https://c.test" }, { origin: "null" }]
  ) {
    // Whatever is asked, the answer is the same: a cache need not tell them apart.
    assertEquals(await ask(["*"], headers as Record<string, string>), any);
  }
  const both = [...LISTED, "*"];
  assertEquals(await ask(both, { origin: "https://c.test" }), {
    ...any,
    vary: "origin",
  });
  assertEquals(await ask(both, { origin: "https://a.test" }), {
    "access-control-allow-origin": "https://a.test",
    ...MAY,
  });
});

for (
  const [origins, credentials, vary] of [
    [LISTED, { "access-control-allow-credentials": "true" }, "origin, "],
    [["*"], {}, ""],
  ] as const
) {
  Deno.test(`A preflight is allowed whatever it asks for, of ${origins}`, async () => {
    const origin = "https://a.test";
    const preflight = (headers: Record<string, string>) =>
      ask([...origins], { origin, ...headers }, {
        method: "OPTIONS",
        status: 204,
      });
    const always = {
      "access-control-allow-origin": origins.length > 1 ? origin : "*",
      "access-control-expose-headers": "retry-after",
      "access-control-max-age": "7200",
      "vary":
        `${vary}access-control-request-method, access-control-request-headers`,
      ...credentials,
    };
    assertEquals(
      await preflight({
        "access-control-request-method": "PATCH",
        "access-control-request-headers":
          "authorization,cache-control,hx-request,idempotency-key",
      }),
      {
        ...always,
        "access-control-allow-methods": "PATCH",
        "access-control-allow-headers":
          "authorization,cache-control,hx-request,idempotency-key",
      },
    );
    assertEquals(await preflight({}), always);
  });
}

Deno.test("A preflight of an origin that is not listed is allowed nothing", async () => {
  const headers = {
    "origin": "https://c.test",
    "access-control-request-method": "GET",
  };
  const options = { method: "OPTIONS", status: 204 };
  assertEquals(await ask(LISTED, headers, options), { vary: "origin" });
});

for (
  const [path, method, status] of [
    ["/sse/a%20b", "GET", 400],
    ["/sse/../x", "GET", 400],
    ["/sse/?tz=%E9", "GET", 400],
    ["/sse/news", "POST", 401],
    ["/nowhere", "GET", 404],
    ["/sse/", "DELETE", 405],
    ["/sse", "GET", 308],
  ] as const
) {
  Deno.test(`A page of another origin can read the ${status} to ${method} ${path}`, async () => {
    const origin = "https://a.test";
    // `Request` would resolve the dots.
    await using chime = inProcess({ corsOrigins: LISTED });
    const response = await chime.raw(path, { method, headers: { origin } });
    await response.body?.cancel();
    assertEquals(response.status, status);
    assertEquals(cors(response), {
      "access-control-allow-origin": origin,
      ...MAY,
    });
  });
}

Deno.test("A page of another origin can read that its body is too large, or the server full", async () => {
  const origin = "https://a.test";
  await using chime = inProcess({
    corsOrigins: LISTED,
    maxStreams: 0,
  });
  const tooLarge = await chime.request("/sse/news", {
    method: "POST",
    headers: { origin, authorization: `Bearer ${TOKEN}` },
    body: "x".repeat(1_001),
  });
  const overloaded = await chime.request("/sse/news", { headers: { origin } });
  for (
    const [response, status] of [[tooLarge, 413], [overloaded, 503]] as const
  ) {
    assertEquals(response.status, status);
    assertEquals(cors(response), {
      "access-control-allow-origin": origin,
      ...MAY,
    });
  }
});

Deno.test("Only the server's own pages may use the page, the health checks and the metrics", async () => {
  for (const path of ["/", "/healthz", "/static/icon.svg"]) {
    for (const origins of [LISTED, ["*"]]) {
      assertEquals(
        await ask(origins, { origin: "https://a.test" }, { path }),
        {},
      );
    }
  }
});

Deno.test("A response to pages of one listed origin says to caches that it depends on the origin", async () => {
  assertEquals(await ask(["https://a.test"], { origin: "https://c.test" }), {
    vary: "origin",
  });
});
