import type { Action, Rights } from "./rights.ts";

/** A request, as far as sources of rights need it. Nothing of it may be logged. */
export interface Asking {
  readonly method: string;
  readonly headers: Headers;
  readonly query: URLSearchParams;
  /** The server as the client names it, such as `http://127.0.0.1:8000`. */
  readonly origin: string;
  /** The client's IP address. */
  readonly address: string;
}

/** What a request wants to do, and the channels, or patterns, that it needs a right for. */
export interface Need {
  readonly action: Action;
  readonly channels: readonly string[];
}

/** The ways to send a credential. */
export type CredentialKind = "bearer" | "cookie" | "ticket";

/** A credential that a request carries. The text is a secret. */
export interface Credential {
  readonly kind: CredentialKind;
  readonly text: string;
}

/** Finds the credential of one kind in a request. */
export type CredentialReader = (asking: Asking) => Credential | undefined;

/** The rights that one credential gives, or that the application has answered with. */
export interface Grant {
  readonly rights: Rights;
  /**
   * The token that the rights come from, directly or through a ticket: {@linkcode Token.id}. When it is removed, the
   * streams opened with it end.
   */
  readonly token?: string;
  /** The name of that token: {@linkcode Token.name}. Not for a ticket. */
  readonly name?: string;
  /** Whether the rights are all that the token has, and follow it when it changes. Not so for a ticket. */
  readonly followsToken?: boolean;
  /**
   * Asks again when the rights have expired. Resolves with nothing where they have ended for good. Without this, they
   * end when they expire.
   *
   * @param need What the stream still needs.
   * @throws {AccessError} where they have ended, too.
   */
  readonly renew?: (need: Need) => Promise<Grant | undefined>;
}

/** Knows the rights that some credentials give: tokens, JWTs, tickets. */
export interface RightsSource {
  /** The kinds of credentials that it knows. */
  readonly kinds: readonly CredentialKind[];
  /**
   * Finds the rights that a credential gives.
   *
   * @returns Nothing where another source may know the credential. If none does, the credential is wrong.
   * @throws {UnauthorizedError} where the credential is this source's, and wrong.
   */
  identify(
    credential: Credential,
  ): Grant | undefined | Promise<Grant | undefined>;
}

/** The application, which is asked where the request's credentials are not enough. */
export interface Application {
  /**
   * Asks for the rights.
   *
   * @param need The channels whose right is still missing.
   * @throws {UnauthorizedError} for a 401, {ForbiddenError} for a 403, {UndecidedError} where it does not answer.
   */
  ask(asking: Asking, need: Need): Promise<Grant>;
}
