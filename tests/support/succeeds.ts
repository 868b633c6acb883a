/** Runs a command, and returns whether it succeeds. A command that is not there does not. */
export async function succeeds(
  command: string,
  ...args: string[]
): Promise<boolean> {
  return await new Deno.Command(command, {
    args,
    stdout: "null",
    stderr: "null",
  }).output().then(({ success }) => success, () => false);
}
