import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Option } from "../../config/option.ts";
import { OPTIONS, SWITCHES } from "../../config/options.ts";
import { HELP, VERSION } from "../../config/help.ts";

/** The part of the help on each option, in one line, by what it begins with. */
const ENTRIES = HELP.split(/\n(?= {2}-)|\n\n/)
  .filter((part) => part.startsWith("  -"))
  .map((part) => part.trim().replace(/\s+/g, " "));

Deno.test("--help has an entry for each option, with its text, variables and default", () => {
  const rows: Option[] = Object.values(OPTIONS);
  const expected = rows.map((row) => {
    const names = row.variables.join(" or ");
    const from = row.default === undefined ? "" : `, default ${row.default}`;
    const option = `--${row.name} ${row.hint}`.trim();
    return `${option} ${row.text} [${names}${from}]`;
  });
  assertEquals(ENTRIES, [
    ...expected,
    ...SWITCHES.map(({ name, short, text }) => `-${short}, --${name} ${text}`),
  ]);
});

Deno.test("--help fits into 80 columns", () => {
  for (const line of HELP.split("\n")) assert(line.length <= 80, line);
});

Deno.test("--help begins with the version", () => {
  assertStringIncludes(HELP.split("\n")[0]!, `Chime ${VERSION} `);
});
