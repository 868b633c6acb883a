/** The text above the sections. Each scenario has a section. */
const HEAD = `# Results

Made by \`deno task bench\`, each section by the command that it names. Cells: the median of the runs (lowest–highest)
×ratio to Chime. Only compare numbers of one section. What the columns mean is in README.md.
`;

/** The beginning of a section. */
const SECTION = /^(?=## )/m;

function nameOf(section: string): string {
  return /^## (.*)/.exec(section)![1]!;
}

/**
 * Puts a scenario's section into the results, in place of the older one.
 *
 * @param results Markdown with a section for each scenario, or an empty text.
 * @param section The section, which begins with `## ` and the scenario's name.
 * @param order The names of all scenarios. Other sections are dropped.
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
