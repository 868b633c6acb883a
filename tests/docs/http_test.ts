import { assert, assertEquals } from "@std/assert";
import { MAX_POLL_BYTES, MAX_POLL_EVENTS } from "../../hub/poll_lines.ts";
import { MAX_MATCHING } from "../../journal/asked.ts";
import { OPERATIONS } from "../support/openapi.ts";
import { PAGES } from "../support/pages.ts";

const { text } = PAGES.find(({ name }) => name === "docs/http.md")!;

/** Resources of the page alone. */
const OF_PAGE = ["GET /sse", "GET /static/{file}"];

/** The rows of the table of resources: each request, without what may follow its first channel, and its answer. */
const ROWS = [...text.matchAll(/^\| `([A-Z]+ \/[^`]*)` +\| (.*) \|$/gm)]
  .map(([, request, answer]) => ({
    request: request!.replace(/[?,…].*/, ""),
    statuses: [...answer!.matchAll(/`(\d{3})`/g)].map(([, status]) => status!),
  }));

Deno.test("docs/http.md lists the resources that there are, and no status that they never have", () => {
  const names = OPERATIONS.map(({ name }) => name);
  const listed = new Set(ROWS.map(({ request }) => request));
  assertEquals(
    [...listed, ...OF_PAGE].toSorted(),
    names.toSorted(),
  );
  for (const { request, statuses } of ROWS) {
    const { answers } = OPERATIONS.find(({ name }) => name === request)!;
    for (const status of statuses) {
      assert(
        answers.some((answer) => answer.startsWith(status)),
        `${request} ${status}`,
      );
    }
  }
});

Deno.test("docs/http.md says how much a poll brings, as the code does", () => {
  const [, poll] = /### Poll\n([^]*?)\n###/.exec(text)!;
  const words = poll!.replace(/\s+/g, " ");
  const [, events, size] = /at most ([\d,]+) events, and (\d+) MiB/.exec(
    words,
  )!;
  assertEquals(events, MAX_POLL_EVENTS.toLocaleString("en"));
  assertEquals(Number(size) * 1024 ** 2, MAX_POLL_BYTES);
  const [, channels] = /more than ([\d,]+) channels/.exec(words)!;
  assertEquals(channels, MAX_MATCHING.toLocaleString("en"));
});
