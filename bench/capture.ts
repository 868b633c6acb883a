/** Returns what a program writes to both its outputs, trimmed; `undefined` if there is no such program or it fails. */
export async function capture(
  program: string,
  ...args: string[]
): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return success
      ? (decoder.decode(stdout) + decoder.decode(stderr)).trim()
      : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
