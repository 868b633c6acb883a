/**
 * Runs a command of the Deno that runs this program, and returns what it wrote to standard output.
 *
 * It shows nothing: messages of a success help nobody, and those of a failure are thrown.
 *
 * @param args The command with its arguments, such as `["bundle", "client.tsx"]`.
 * @param options The folder that it runs in, where it also looks for its configuration, and variables in addition to
 * this program's own.
 * @throws {Error} with what it wrote to standard error if it fails.
 */
export async function runDeno(
  args: string[],
  { cwd, env }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Uint8Array> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    // Deno uses colours even without a terminal, and callers search its message for words.
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0", ...env },
    stdin: "null",
    ...cwd === undefined ? {} : { cwd },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return stdout;
}
