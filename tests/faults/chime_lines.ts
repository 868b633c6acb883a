/** The lines of a process's standard error that are Chime's own. */
export function chimeLines(log: string): string[] {
  return log.split("\n").filter((line) => line.startsWith("chime: "));
}
