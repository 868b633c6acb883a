/** A request is refused for want of a right. The message is shown to the client, and never holds a credential. */
export class AccessError extends Error {
  override name = "AccessError";
}

/**
 * A request has no credential, or a wrong one: 401. A client may try again with another one.
 * https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export class UnauthorizedError extends AccessError {
  override name = "UnauthorizedError";
  /** Whether a credential was sent, which was wrong. */
  readonly isWrong: boolean;
  /** The channels that a right is missing for, as they were asked for. */
  readonly missing: readonly string[];

  constructor(
    message: string,
    { isWrong, missing = [] }: {
      isWrong: boolean;
      missing?: readonly string[];
    },
  ) {
    super(message);
    this.isWrong = isWrong;
    this.missing = missing;
  }
}

/** Whoever a request's credentials name may not do this: 403. */
export class ForbiddenError extends AccessError {
  override name = "ForbiddenError";
  /** The channels that a right is missing for, as they were asked for. */
  readonly missing: readonly string[];

  constructor(message: string, missing: readonly string[]) {
    super(message);
    this.missing = missing;
  }
}

/**
 * Whether the request is allowed cannot be known for now, as what knows it does not answer: a temporary refusal, which
 * an `EventSource` outlives.
 */
export class UndecidedError extends AccessError {
  override name = "UndecidedError";
}
