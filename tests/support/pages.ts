/** A command that a page shows, and the output that it shows for it. */
export interface Example {
  readonly command: string;
  readonly printed: string;
}

/** A page of the documentation. */
export interface Page {
  /** Its path in the project, such as `docs/http.md`. */
  readonly name: string;
  readonly text: string;
  readonly examples: readonly Example[];
}

/** The project's folder. */
export const ROOT = new URL("../../", import.meta.url);

/** Every page of the documentation. */
export const PAGES: readonly Page[] = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md"],
  ...Array.from(
    Deno.readDirSync(new URL("docs", ROOT)),
    ({ name }) => `docs/${name}`,
  ).filter((name) => name.endsWith(".md")).sort(),
].map(readPage);

function readPage(name: string): Page {
  const text = Deno.readTextFileSync(new URL(name, ROOT));
  const examples = [...text.matchAll(/```console\n\$ (.*)\n([^]*?)```/g)]
    .map(([, command, printed]) => ({ command: command!, printed: printed! }));
  return { name, text, examples };
}
