import { assertEquals } from "@std/assert";
import type { Option } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import { PAGES } from "../support/pages.ts";
import manifest from "../../deno.json" with { type: "json" };

const ROWS: Option[] = Object.values(OPTIONS);
/** The variables that Chime reads, but not as options. */
const OTHER_VARIABLES = ["TZ"];

for (const { name, variables } of ROWS) {
  Deno.test(`Option --${name} has its variable`, () => {
    const expected = `CHIME_${name.toUpperCase().replaceAll("-", "_")}`;
    assertEquals(variables[0], expected);
  });
}

Deno.test("No name and no variable stands for two options", () => {
  for (
    const names of [
      ROWS.map(({ name }) => name),
      ROWS.flatMap(({ variables }) => variables),
    ]
  ) {
    assertEquals(names, [...new Set(names)]);
  }
});

for (
  const [task, { env }] of Object.entries({
    serve: manifest.permissions.serve,
    compile: manifest.compile.permissions,
  })
) {
  Deno.test(`deno.json's permissions to ${task} name every variable, and no other`, () => {
    const variables = ROWS.flatMap((option) => option.variables);
    assertEquals(env, [...variables, ...OTHER_VARIABLES].sort());
  });
}

Deno.test("The table of docs/options.md has each option, with its variables, default and text", () => {
  const { text } = PAGES.find(({ name }) => name === "docs/options.md")!;
  const table = [...text.matchAll(/^\| `--.*$/gm)].map(([line]) =>
    line.replaceAll("`", "").split("|").slice(1, -1).map((cell) => cell.trim())
  );
  assertEquals(
    table,
    ROWS.map((row) => [
      `--${row.name} ${row.hint}`.trim(),
      row.variables.join(" or "),
      row.default ?? "",
      row.text,
    ]),
  );
});
