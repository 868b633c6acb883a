/** Runs a command, and returns whether it succeeds. A command that is not there does not. */
export async function succeeds(
  command: string,
  ...args: string[]
): Promise<boolean> {
  const options = { stdin: "null", stdout: "null", stderr: "null" } as const;
  try {
    const { success } = await new Deno.Command(command, { args, ...options })
      .output();
    return success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}
