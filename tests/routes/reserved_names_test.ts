import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess } from "../support/in_process.ts";

for (const name of ["status", "open", "error"]) {
  const rule = "status, open and error are reserved";

  Deno.test(`POST /sse/{channel} with the channel or the type ${name} is refused with the rule`, async () => {
    await using chime = inProcess();
    for (
      const [path, what] of [[name, "channel"], [`news?event=${name}`, "type"]]
    ) {
      await assertProblem(
        await chime.publish(`/sse/${path}`, "x"),
        400,
        `Cannot use ${what} "${name}": ${rule}`,
      );
    }
  });
}

Deno.test("POST /sse/{channel} of NDJSON with a reserved type is refused as a whole", async () => {
  await using chime = inProcess();
  for (const type of ["status", "open", "error"]) {
    const lines = `{"data":"1"}\n{"data":"2","event":"${type}"}`;
    await assertProblem(
      await chime.publish("/sse/news", lines, "application/x-ndjson"),
      400,
      `Cannot publish line 2: Cannot use type "${type}": status, open and error are reserved`,
    );
  }
});

for (
  const [names, fault] of [
    ["status", '"status": status, open and error are reserved'],
    ["news,open", '"open": status, open and error are reserved'],
    ["error,news", '"error": status, open and error are reserved'],
    ["news,.", '".": no segment of a name must be . or ..'],
    ["news,/a", '"/a": no segment of a name must be empty'],
    ["a/,news", '"a/": no segment of a name must be empty'],
    ["a/.,news", '"a/.": no segment of a name must be . or ..'],
    ["news,../a", '"../a": no segment of a name must be . or ..'],
    ["..,news", '"..": no segment of a name must be . or ..'],
  ] as const
) {
  Deno.test(`GET /sse/${names} is refused`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request(`/sse/${names}`),
      400,
      `Cannot use channel ${fault}`,
    );
  });
}

Deno.test("Names that only look reserved are names", async () => {
  await using chime = inProcess();
  for (
    const name of [
      ...["Status", "open.", "errors", "...", ".a", "message", "status/a"],
      ...["a/status", "a/.../b", ".../a"],
    ]
  ) {
    const response = await chime.publish(`/sse/${name}?event=${name}`, "x");
    assertEquals(response.status, 201, name);
  }
});
