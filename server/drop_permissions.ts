import { dirname, parse, resolve } from "node:path";
import { JournalFileError } from "../journal/journal.ts";

/**
 * Gives up for good the permission to read and write files, except in the journal's folder and the files named.
 *
 * The journal's folder is known only at start, but an executable's permissions are fixed when it is compiled. So Chime
 * starts with the permission for all files and keeps what this run needs.
 *
 * @param file The journal's file, if it has one. Its folder is kept, also where links lead: SQLite writes other files there.
 * @param readable Other files and folders that are read.
 * @throws {JournalFileError} The file is directly in the root, perhaps through links: its folder would be all files.
 */
export function dropPermissions(
  file: string | undefined,
  readable: readonly string[],
): void {
  const folders = file === undefined ? [] : foldersOf(file);
  if (folders.some((folder) => folder === parse(folder).root)) {
    throw new JournalFileError(
      `Cannot open the journal "${file}": it must be a file in a folder, not directly in the root`,
    );
  }
  keepOnly("read", [...folders, ...readable]);
  keepOnly("write", folders);
}

/** The folder in the file's path, and the folder where links lead. */
function foldersOf(file: string): string[] {
  const named = dirname(resolve(file));
  return [named, realPath(file, dirname) ?? realPath(named) ?? named];
}

/** Where the path leads through links; nothing if nothing is there yet. */
function realPath(
  path: string,
  part = (path: string) => path,
): string | undefined {
  try {
    return part(Deno.realPathSync(path));
  } catch {
    // If something is wrong with the path, opening the journal says so.
    return undefined;
  }
}

function keepOnly(name: "read" | "write", paths: readonly string[]): void {
  for (const path of paths) {
    // A path that is granted as part of the whole is granted once more on its own, and so outlives the whole.
    const { state } = Deno.permissions.querySync({ name, path });
    if (state === "granted") Deno.permissions.requestSync({ name, path });
  }
  const whole = Deno.build.os === "windows" ? resolve("/") : "/";
  if (paths.includes(whole)) return;
  Deno.permissions.revokeSync({ name, path: whole });
}
