/** How far the clocks of two machines may be apart, in s. */
export const LEEWAY_S = 30;

/** Settings of the verification of JWTs. All of it is plain data. */
export interface JwtSettings {
  /** Who may have made a JWT: any of these where there are some. */
  readonly issuers: readonly string[];
  /** Whom a JWT may be for. Where there is none, a JWT must not say whom it is for. */
  readonly audiences: readonly string[];
  /** The claim that holds the rights. */
  readonly claim: string;
  /** How long a JWT may live, in ms. */
  readonly maxAgeMs: number;
}

/** A JWT that was verified. */
export interface Verified {
  readonly [claim: string]: unknown;
  readonly sub?: string;
  readonly exp: number;
  readonly iat: number;
}

/** A JWT is wrong. The message says why, and holds nothing of it. */
export class JwtError extends Error {
  override name = "JwtError";
}

/** A JWT was signed with a key that is not known here, but may be by now at a URL. */
export class UnknownKeyError extends JwtError {
  override name = "UnknownKeyError";
}
