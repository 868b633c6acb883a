/**
 * The lines of a process's standard error, as level and text, such as `warn the journal failed: …`.
 *
 * @param wanted Chooses lines. By default: those that somebody should read.
 */
export function logLines(log: string, wanted = /^(?:warn|error) /): string[] {
  return [...log.matchAll(/^\d{4}-\S+Z (\w+) +(.*)$/gm)]
    .map(([, level, text]) => `${level} ${text}`)
    .filter((line) => wanted.test(line));
}
