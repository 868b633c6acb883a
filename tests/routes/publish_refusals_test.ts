import { assertProblem } from "../support/assert_problem.ts";
import { inProcess } from "../support/in_process.ts";

for (
  const [what, path, detail] of [
    [
      "a name with a space",
      "/sse/a%20b",
      'Cannot use channel "a b": a name must be 1 to 256 of A-Z a-z 0-9 . _ - : @ + ~ = /',
    ],
    [
      "a name of 257 characters",
      `/sse/${"x".repeat(257)}`,
      `Cannot use channel "${
        "x".repeat(257)
      }": a name must be 1 to 256 of A-Z a-z 0-9 . _ - : @ + ~ = /`,
    ],
    [
      "a name that is cut off",
      "/sse/%E0",
      'Cannot read the path "/sse/%E0": it must be percent-encoded UTF-8',
    ],
    [
      "one channel twice",
      "/sse/a,b,a",
      'Cannot publish to "a" twice at once',
    ],
    [
      "a pattern",
      "/sse/a,news.*",
      'Cannot use channel "news.*": a name must be 1 to 256 of A-Z a-z 0-9 . _ - : @ + ~ = /',
    ],
    [
      "no channel",
      "/sse/",
      "Cannot publish without a channel: the path or the query must name one",
    ],
    [
      "channels in the path and in the query",
      "/sse/a?channel=b",
      'Cannot use channel "b": the path must name no channels where the query does',
    ],
    [
      "lines that are neither",
      "/sse/a?lines=text",
      'Cannot use lines "text": it must be json, once',
    ],
    [
      "a type of two lines",
      "/sse/a?event=x%0Ay",
      'Cannot use type "x\\ny": a type must hold no newline and no NUL',
    ],
    [
      "an empty type",
      "/sse/a?event=",
      'Cannot use type "": a type must have 1 to 99 characters',
    ],
    [
      "a type of 100 characters",
      `/sse/a?event=${"x".repeat(100)}`,
      `Cannot use type "${
        "x".repeat(100)
      }": a type must have 1 to 99 characters`,
    ],
  ] as const
) {
  Deno.test(`POST /sse/{channel} with ${what} is refused with the rule`, async () => {
    await using chime = inProcess();
    await assertProblem(await chime.publish(path, "x"), 400, detail);
  });
}

Deno.test("POST /sse/{channel} with a type that holds a NUL is refused with the rule", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.publish("/sse/a?event=x%00y", "x"),
    400,
    'Cannot use type "x\\u0000y": a type must hold no newline and no NUL',
  );
});
