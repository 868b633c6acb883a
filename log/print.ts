import { log } from "./log.ts";
import { writeFully } from "./write_fully.ts";

/** What is still to be printed. */
let printing: Promise<unknown> = Promise.resolve();

/**
 * Writes to standard output, with a newline at the end, after all that was printed before. It never rejects: if
 * standard output is a full disk or a closed pipe, it logs why.
 *
 * @returns Whether it was written.
 */
export function print(text: string): Promise<boolean> {
  const bytes = new TextEncoder().encode(`${text}\n`);
  const printed = printing.then(async () => {
    const { error } = await writeFully(Deno.stdout, bytes);
    if (error === undefined) return true;
    log.error(`Cannot write to standard output: ${(error as Error).message}`);
    return false;
  });
  printing = printed;
  return printed;
}

/** Resolves when all that was printed is written or lost. */
export async function printed(): Promise<void> {
  await printing;
}
