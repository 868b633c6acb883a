import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess } from "../support/in_process.ts";

/** Publishes `x` to the channel `a` with this header. */
function post(chime: ReturnType<typeof inProcess>, key: string) {
  const headers = { "idempotency-key": key };
  return chime.publish("/sse/a", "x", "text/plain", headers);
}

for (
  const [bare, quoted] of [
    ["order-42", '"order-42"'],
    ['a"b\\c', String.raw`"a\"b\\c"`],
    ["a, b", '"a, b"'],
    ["~".repeat(128), `"${"~".repeat(128)}"`],
  ] as const
) {
  Deno.test(`Idempotency-Key ${quoted.slice(0, 12)} is the same bare and in quotes`, async () => {
    await using chime = inProcess();
    const first = await post(chime, bare);
    const again = await post(chime, quoted);
    assertEquals([first.status, again.status], [201, 200]);
    assertEquals(await again.json(), await first.json());
  });
}

for (
  const key of [
    "",
    '""',
    '"',
    '"a',
    '"a"b',
    '"a", "b"',
    String.raw`"a\b"`,
    "\xE9",
    "a\tb",
    "x".repeat(129),
    `"${"x".repeat(129)}"`,
  ]
) {
  Deno.test(`Idempotency-Key ${JSON.stringify(key).slice(0, 12)} is refused with the rule`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await post(chime, key),
      400,
      `Cannot use Idempotency-Key ${
        JSON.stringify(key)
      }: it must be 1 to 128 printable ASCII characters, bare or in quotes`,
    );
    assertEquals(chime.instance.counts().messages, 0);
  });
}
