/**
 * Runs a command of the Deno that runs this program, and returns what it wrote to standard output.
 *
 * None of it is shown: what it has to say on success helps nobody, and what it says on failure is thrown.
 *
 * @param args The command with its arguments, such as `["bundle", "client.tsx"]`.
 * @param options Where it runs, which is also where it looks for its configuration, and variables it gets beside this
 * program's own.
 * @throws {Error} where it fails, with what it wrote to standard error.
 */
export async function runDeno(
  args: string[],
  { cwd, env }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Uint8Array> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    // Deno writes in colours even where no terminal shows them, and callers look for words in its message.
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0", ...env },
    stdin: "null",
    ...cwd === undefined ? {} : { cwd },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return stdout;
}
