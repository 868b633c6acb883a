import { until } from "./until.ts";

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

/**
 * Waits until a process has logged so many lines: what it has written may arrive here after its answers.
 *
 * @param wanted Chooses lines.
 * @returns The lines; more, if there are more.
 */
export async function untilLogged(
  process: { readonly log: string },
  wanted: RegExp,
  count = 1,
): Promise<string[]> {
  await until(() => logLines(process.log, wanted).length >= count, {
    message: () => `There are not ${count} lines ${wanted}: ${process.log}`,
  });
  return logLines(process.log, wanted);
}
