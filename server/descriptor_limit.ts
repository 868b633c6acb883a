/** The file in which Linux tells a process its limits. */
export const DESCRIPTOR_LIMITS = "/proc/self/limits";

/** How many files this process may have open, each connection being one. Unknown where the system does not tell. */
export async function descriptorLimit(): Promise<number | undefined> {
  try {
    // Deno opens files below /proc only for programs that have every permission, but reads a module that is text with
    // the permission to read that one file.
    const { default: text } = await import(`file://${DESCRIPTOR_LIMITS}`, {
      with: { type: "text" },
    });
    const soft = /^Max open files +(\d+)/m.exec(text)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
