import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { CLIENT, inProcess } from "../support/in_process.ts";
import { CapturedLog } from "../support/captured_log.ts";

for (
  const [path, detail] of [
    ["/nowhere", 'Cannot find "/nowhere": no such resource'],
    ["/static/toString", 'Cannot find "/static/toString": no such asset'],
    ["/*", 'Cannot find "*": no such resource'],
  ] as const
) {
  Deno.test(`GET ${path} is not found`, async () => {
    await using chime = inProcess();
    await assertProblem(await chime.request(path), 404, detail);
  });
}

Deno.test("A method that a resource has not is refused with those it has", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/", { method: "DELETE" });
  assertEquals(response.headers.get("allow"), "GET, POST, HEAD, OPTIONS");
  await assertProblem(
    response,
    405,
    'Cannot DELETE "/sse/": allowed are GET, POST, HEAD, OPTIONS',
  );
});

Deno.test("OPTIONS lists a resource's methods", async () => {
  await using chime = inProcess();
  const response = await chime.request("/healthz", { method: "OPTIONS" });
  assertEquals(response.status, 204);
  assertEquals(response.headers.get("allow"), "GET, HEAD, OPTIONS");
});

for (const method of ["toString", "constructor", "valueOf", "__proto__"]) {
  Deno.test(`The method ${method}, which objects have, is none that a resource has`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request("/healthz", { method }),
      405,
      `Cannot ${method} "/healthz": allowed are GET, HEAD, OPTIONS`,
    );
  });
}

Deno.test("A request whose Host is no host is refused, and logs nothing", async () => {
  await using chime = inProcess();
  using log = new CapturedLog();
  const request = new Request("http://chime.test/healthz");
  // As Deno.serve hands it on for `Host: a b`.
  Object.defineProperty(request, "url", { value: "http://a b/healthz" });
  await assertProblem(
    await chime.instance.answer(request, CLIENT),
    400,
    'Cannot read the host "a b": it must be a host or host:port',
  );
  assertEquals(log.lines, []);
});

for (
  const target of ["/sse/.", "/sse/..", "/static/../sse/", "/sse/%2e", "/sse//"]
) {
  Deno.test(`${target} is neither the clock nor anything else`, async () => {
    await using chime = inProcess();
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      const response = await chime.raw(target, { method });
      await response.body?.cancel();
      assertEquals(response.status, 400, method);
    }
    const { headers } = await chime.raw(target);
    assertEquals(headers.get("content-type"), "application/problem+json");
  });
}

Deno.test("OPTIONS * says that the server answers", async () => {
  await using chime = inProcess();
  for (const target of ["*", "/*"]) {
    const response = await chime.raw(target, { method: "OPTIONS" });
    assertEquals([response.status, response.body], [204, null]);
  }
});

for (const coding of ["gzip, chunked", "gzip,chunked", "identity", "x", ""]) {
  Deno.test(`A request with the transfer coding "${coding}" is a 501`, async () => {
    await using chime = inProcess();
    for (
      const [path, method] of [["/sse/a", "POST"], ["/healthz", "GET"]] as const
    ) {
      const headers = { "transfer-encoding": coding };
      await assertProblem(
        await chime.request(path, { method, headers }),
        501,
        `Cannot decode the transfer coding "${coding}": it must be chunked`,
      );
    }
    const headers = { "transfer-encoding": "Chunked" };
    assertEquals((await chime.request("/healthz", { headers })).status, 200);
  });
}
