/** A file that access depends on cannot be used. The message is for whoever starts Chime, and holds no secret. */
export class AccessFileError extends Error {
  override name = "AccessFileError";

  /**
   * @param what What the file is, such as `file of tokens`.
   * @param reason What was caught. Its message must hold no secret.
   */
  constructor(what: string, path: string, reason: unknown) {
    super(
      `Cannot use the ${what} ${JSON.stringify(path)}: ${messageOf(reason)}`,
    );
  }
}

/** The message of what was caught. */
export function messageOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : `${caught}`;
}
