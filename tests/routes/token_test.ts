import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess, TOKEN } from "../support/in_process.ts";

for (
  const [authorization, detail, challenge] of [
    ...[undefined, "", `Basic ${TOKEN}`, TOKEN, `Bearer${TOKEN}`].map((value) =>
      [
        value,
        "Cannot publish without a token: send it as Authorization: Bearer <token>",
        'Bearer realm="chime"',
      ] as const
    ),
    ...[
      ...["Bearer wrong", "Bearer", `Bearer ${TOKEN}x`, `Bearer ${TOKEN} x`],
      ...[`Bearer ${TOKEN}, Bearer ${TOKEN}`, `Bearer "${TOKEN}"`],
      ...[`Bearer ${TOKEN.toUpperCase()}`, `Bearer Bearer ${TOKEN}`],
    ]
      .map((value) =>
        [
          value,
          "Cannot take the token in the Authorization header: it is wrong",
          'Bearer realm="chime", error="invalid_token"',
        ] as const
      ),
  ] as const
) {
  Deno.test(`POST /sse/{channel} with Authorization ${authorization} is refused`, async () => {
    await using chime = inProcess();
    const response = await chime.request("/sse/news", {
      method: "POST",
      body: "x",
      headers: authorization === undefined ? {} : { authorization },
    });
    assertEquals(response.headers.get("www-authenticate"), challenge);
    await assertProblem(response, 401, detail);
  });
}

Deno.test("POST /sse/{channel} takes the scheme in any case", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/news", {
    method: "POST",
    headers: { authorization: `bearer ${TOKEN}` },
  });
  assertEquals(response.status, 201);
});

Deno.test("POST /sse/{channel} refuses the beginning of the token after the whole one", async () => {
  await using chime = inProcess();
  assertEquals((await chime.publish("/sse/news", "x")).status, 201);
  for (const token of [TOKEN.slice(0, -1), TOKEN[0]]) {
    const response = await chime.request("/sse/news", {
      method: "POST",
      body: "x",
      headers: { authorization: `Bearer ${token}` },
    });
    assertEquals(response.status, 401);
    await response.body?.cancel();
  }
});

Deno.test("POST /sse/{channel} checks the token before anything else of a publish", async () => {
  await using chime = inProcess();
  for (const path of ["/sse/a%20b", "/sse/a,b", "/sse/a?type=x"]) {
    const response = await chime.request(path, { method: "POST", body: "x" });
    assertEquals(response.status, 401);
    await response.body?.cancel();
  }
});
