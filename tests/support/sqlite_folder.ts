import { join } from "node:path";

/** A folder for a journal's file. It is removed with all that is in it. */
export interface SqliteFolder extends AsyncDisposable {
  readonly folder: string;
  /** Where to create the file. It does not exist yet. */
  readonly file: string;
}

/** Makes a folder for a test's file. */
export async function sqliteFolder(): Promise<SqliteFolder> {
  const folder = await Deno.makeTempDir({ prefix: "chime-" });
  return {
    folder,
    file: join(folder, "events.db"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
