/** What stands above the sections, a section being a scenario's. */
const HEAD = `# Results

Made by \`deno task bench\`, each section by the command that it names. Cells: the median of the runs (lowest–highest)
×ratio to Chime. Only compare numbers of one section. What the columns mean is in README.md.
`;

/** Where a section begins. */
const SECTION = /^(?=## )/m;

function nameOf(section: string): string {
  return /^## (.*)/.exec(section)![1]!;
}

/**
 * The results with a scenario's section in the place of an older one of its name.
 *
 * @param results Markdown with a section for each scenario, or nothing yet.
 * @param section Begins with its heading, `## ` and the scenario's name.
 * @param order The names of all scenarios; sections of others are dropped.
 */
export function withSection(
  results: string,
  section: string,
  order: readonly string[],
): string {
  const [, ...old] = results.split(SECTION);
  const sections = new Map(
    [...old, section].map((one) => [nameOf(one), one.trimEnd()]),
  );
  const inOrder = order.flatMap((name) => sections.get(name) ?? []);
  return `${[HEAD.trimEnd(), ...inOrder].join("\n\n")}\n`;
}
