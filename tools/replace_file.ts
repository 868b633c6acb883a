/**
 * Replaces a file in one step: a reader gets the old bytes or the new ones, never a mix.
 *
 * @throws {Error} if the folder cannot be written to. The file stays as it was.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const draft = `${path}.${Deno.pid}`;
  try {
    await Deno.writeFile(draft, bytes);
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}
