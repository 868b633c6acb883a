/**
 * A program that drops its permissions as Chime does, for the file of a journal, and prints what it may still do.
 *
 * @module
 */
import { dropPermissions } from "../../server/drop_permissions.ts";

const [file, folder] = Deno.args;
dropPermissions(file || undefined, ["/proc/self/limits"]);

const descriptors: Record<string, Deno.PermissionDescriptor> = {
  "net": { name: "net" },
  "env HOST": { name: "env", variable: "HOST" },
  "env PATH": { name: "env", variable: "PATH" },
  "read limits": { name: "read", path: "/proc/self/limits" },
  "read /etc": { name: "read", path: "/etc" },
  "read the folder": { name: "read", path: folder! },
  "write the folder": { name: "write", path: folder! },
  "write beside it": { name: "write", path: `${folder}/..` },
  "write": { name: "write" },
  "run": { name: "run" },
  "ffi": { name: "ffi" },
  "sys": { name: "sys" },
};
const states = Object.entries(descriptors).map(([what, descriptor]) => [
  what,
  Deno.permissions.querySync(descriptor).state === "granted",
]);
console.log(JSON.stringify(Object.fromEntries(states)));
