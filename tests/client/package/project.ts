import { join } from "node:path";
import { pack } from "../../../tools/pack.ts";

/** A folder of someone who installed the client's package from its tarball. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** Writes a file, and returns its path. */
  write(name: string, text: string): Promise<string>;
  /** Runs a program there. Returns what it printed, on standard output and then on standard error. */
  run(program: string, ...args: string[]): Promise<Output>;
}

/** How a program ended. */
export interface Output {
  readonly success: boolean;
  readonly text: string;
}

/** @throws {Error} with what npm says if it cannot pack or install the package. */
export async function installed(): Promise<Project> {
  const folder = await Deno.makeTempDir();
  const project: Project = {
    folder,
    async write(name, text) {
      const path = join(folder, name);
      await Deno.writeTextFile(path, text);
      return path;
    },
    async run(program, ...args) {
      const { success, stdout, stderr } = await new Deno.Command(program, {
        args,
        cwd: folder,
        env: { NO_COLOR: "1" },
        stdin: "null",
      }).output();
      const [out, errors] = [stdout, stderr].map((bytes) =>
        new TextDecoder().decode(bytes)
      );
      return { success, text: `${out}${errors}` };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
  await project.write("package.json", '{ "type": "module", "private": true }');
  const { success, text } = await project.run(
    "npm",
    ...["install", "--offline", "--no-audit", "--no-fund", await pack(folder)],
  );
  if (!success) throw new Error(text);
  return project;
}
