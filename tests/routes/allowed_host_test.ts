import { assertEquals } from "@std/assert";
import { readHost } from "../../routes/allowed_host.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess, withUrl } from "../support/in_process.ts";
import { CLIENT } from "../support/in_process.ts";

const ALLOWED = ["chime.example", "192.0.2.1", "[2001:db8::1]"];

/** Asks for a path with this host in the URL, as over HTTP/2, and perhaps another in `Host`. */
async function ask(named: string, header?: string, path = "/sse/news") {
  await using chime = inProcess({ allowedHosts: ALLOWED });
  const headers = new Headers({ "x-request-id": "1" });
  if (header !== undefined) headers.set("host", header);
  const request = new Request("http://chime.test/", { headers });
  const response = await chime.instance.answer(
    withUrl(request, `http://${named}${path}`),
    CLIENT,
  );
  const metrics = await chime.instance.counts();
  if (response.status === 200) await response.body?.cancel();
  return { response, refused: metrics.refused.host };
}

for (
  const host of [
    ...[
      "chime.example",
      "chime.example:8000",
      "CHIME.Example",
      "chime.example.",
    ],
    ...["Chime.Example.:80", "chime.example:", "192.0.2.1", "192.0.2.1:1"],
    ...["[2001:db8::1]", "[2001:DB8:0::1]:8000"],
  ]
) {
  Deno.test(`--allowed-host allows the host ${host}`, async () => {
    for (const header of [undefined, host, "chime.example"]) {
      const { response, refused } = await ask(host, header);
      assertEquals([response.status, refused], [200, 0]);
    }
  });
}

for (
  const host of [
    ...["example", "x.chime.example", "chime.example.evil", "chime-example"],
    ...["127.0.0.1", "localhost:8000", "192.0.2.2", "[2001:db8::2]", "[::1]"],
  ]
) {
  Deno.test(`--allowed-host refuses the host ${host}, in the URL and in Host, with a 421`, async () => {
    for (
      const [named, header] of [
        [host, undefined],
        [host, host],
        ["chime.example", host],
        [host, "chime.example"],
      ] as const
    ) {
      for (const path of ["/", "/sse/", "/sse/news", "/metrics", "/nowhere"]) {
        const { response, refused } = await ask(named, header, path);
        assertEquals(refused, 1);
        await assertProblem(
          response,
          421,
          `Cannot answer for the host "${host}": it must be one of --allowed-host`,
        );
      }
    }
  });
}

Deno.test("--allowed-host leaves the health routes open to every host", async () => {
  for (const path of ["/healthz", "/readyz"]) {
    const { response, refused } = await ask("10.0.0.1:8000", "10.0.0.1", path);
    assertEquals([response.status, refused], [200, 0]);
  }
});

Deno.test("Without --allowed-host any host is served", async () => {
  await using chime = inProcess();
  const response = await chime.request("/healthz");
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

for (
  const [text, host] of [
    ["Chime.Example.", "chime.example"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["localhost", "localhost"],
    ["my_host", "my_host"],
    ["192.0.2.1", "192.0.2.1"],
    ["[2001:DB8:0::1]", "[2001:db8::1]"],
    ["::1", undefined],
    ["a:80", undefined],
    ["a/b", undefined],
    ["u@a", undefined],
    ["a b", undefined],
    ["*.a", undefined],
    ["a%2eb", undefined],
    [".", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`readHost reads ${JSON.stringify(text)} as ${host}`, () => {
    assertEquals(readHost(text), host);
  });
}
