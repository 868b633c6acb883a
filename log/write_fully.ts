import { delay } from "@std/async/delay";

/** How long to wait before writing again to an output that is full and set not to block, in ms. */
const FULL_MS = 50;

/** Where bytes can be written to, such as `Deno.stderr`. */
export interface Output {
  /** Writes at least one byte, and resolves with how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** What became of the bytes. */
export interface Written {
  readonly bytes: number;
  /** Why the rest was not written, if something was left. */
  readonly error?: unknown;
}

/** Writes all the bytes, however long that takes. It never rejects. */
export async function writeFully(
  output: Output,
  bytes: Uint8Array,
): Promise<Written> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += await output.write(bytes.subarray(written));
    } catch (error) {
      // Whoever shares a pipe or a terminal with Chime can set it not to block.
      if (error instanceof Deno.errors.WouldBlock) await delay(FULL_MS);
      else return { bytes: written, error };
    }
  }
  return { bytes: written };
}
