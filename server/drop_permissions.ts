import { dirname, resolve } from "node:path";

/**
 * Gives up, for good, the permission to read and write files, but for the folders named.
 *
 * Which folder a journal's file is in is known only at start, while an executable's permissions are fixed when it is
 * compiled. So Chime starts with the permission for all files and keeps what this run needs.
 *
 * @param file The journal's file, if it has one: its folder is kept, as SQLite writes beside it, where links lead, too.
 * @param readable Other files that are read.
 */
export function dropPermissions(
  file: string | undefined,
  readable: readonly string[],
): void {
  const folders = file === undefined ? [] : foldersOf(file);
  keepOnly("read", [...folders, ...readable]);
  keepOnly("write", folders);
}

/** The folder that the file is named in, and the one that it is in, where links lead elsewhere. */
function foldersOf(file: string): string[] {
  const named = dirname(resolve(file));
  return [named, realPath(file, dirname) ?? realPath(named) ?? named];
}

/** Where the path leads; nothing where there is nothing yet. */
function realPath(
  path: string,
  part = (path: string) => path,
): string | undefined {
  try {
    return part(Deno.realPathSync(path));
  } catch {
    // Opening the journal will tell why.
    return undefined;
  }
}

function keepOnly(name: "read" | "write", paths: readonly string[]): void {
  for (const path of paths) {
    // What is granted as part of a whole is granted once more on its own, and so outlives the whole.
    const { state } = Deno.permissions.querySync({ name, path });
    if (state === "granted") Deno.permissions.requestSync({ name, path });
  }
  const whole = Deno.build.os === "windows" ? resolve("/") : "/";
  if (paths.includes(whole)) return;
  Deno.permissions.revokeSync({ name, path: whole });
}
