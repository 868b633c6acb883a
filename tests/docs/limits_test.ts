import { assertEquals } from "@std/assert";
import { LIMIT_OPTIONS } from "../../config/limit_options.ts";
import { MAX_CHANNELS } from "../../events/check_channels.ts";
import { MAX_SEPARATORS } from "../../events/pattern.ts";
import { MAX_SILENCE_MS } from "../../routes/body.ts";
import { MAX_MATCHING } from "../../journal/asked.ts";
import { MAX_LATEST } from "../../routes/stream_query.ts";
import { MAX_DROPPED_BYTES, MAX_DROPPING_MS } from "../../server/drop_body.ts";
import { MAX_HEAD_S, MAX_STALL_S } from "../../server/node_limits.ts";
import { KEEP_ALIVE_MS } from "../../server/node_listener.ts";
import { PAGES } from "../support/pages.ts";

const { text } = PAGES.find(({ name }) => name === "docs/limits.md")!;

Deno.test("docs/limits.md says how long a client may take, as the code does", () => {
  assertEquals(rowsOf("Times").map(([, value]) => value), [
    `${MAX_HEAD_S} s`,
    `${MAX_SILENCE_MS / 1_000} s`,
    `${KEEP_ALIVE_MS / 1_000} s`,
    `${MAX_STALL_S / 60} min`,
  ]);
});

Deno.test("docs/limits.md says how much a stream carries, as the code does", () => {
  assertEquals(rowsOf("Streams").map(([, value]) => value), [
    `${MAX_CHANNELS}`,
    `${MAX_SEPARATORS}`,
    MAX_LATEST.toLocaleString("en"),
    MAX_MATCHING.toLocaleString("en"),
  ]);
});

Deno.test("docs/limits.md says how long a body may be, as the code does", () => {
  const [publish, rest] = rowsOf("Bodies");
  assertEquals(
    publish![2]!.replaceAll(" ", ""),
    LIMIT_OPTIONS.maxBodyBytes.default,
  );
  assertEquals(rest![2], `${MAX_DROPPED_BYTES / 1024 / 1024} MiB`);
  assertEquals(
    rest![3]!.match(/after (\d+) s/)![1],
    `${MAX_DROPPING_MS / 1_000}`,
  );
});

/** The cells of the rows of a section's first table, without its heading. */
function rowsOf(section: string): string[][] {
  const [, rest] = text.split(`\n## ${section}\n`);
  const [table] = rest!.split("\n## ");
  return [...table!.matchAll(/^\| (.*) \|$/gm)].slice(2)
    .map(([, row]) => row!.split("|").map((cell) => cell.trim()));
}
