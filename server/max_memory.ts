import { constrainedMemory } from "node:process";

/** Readers that are slow together hardly need more. */
const MAX_BYTES = 2 * 1024 ** 3;

/**
 * How much may be held for readers where nobody has said so, in bytes: a quarter of what the process may use, 2 GiB at
 * most.
 *
 * @param machineBytes The machine's memory.
 * @param groupBytes The limit of the control group, perhaps a huge number where there is none.
 */
export function defaultMaxMemory(
  machineBytes: number = Deno.systemMemoryInfo().total,
  groupBytes: number | undefined = constrainedMemory(),
): number {
  const bytes = Math.min(machineBytes, groupBytes || Infinity);
  return Math.min(Math.floor(bytes / 4), MAX_BYTES);
}
