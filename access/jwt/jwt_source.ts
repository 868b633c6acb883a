import { InputError } from "../../events/input_error.ts";
import { UnauthorizedError, UndecidedError } from "../access_error.ts";
import { readObject, readRights, readSubject } from "../read_rights.ts";
import type {
  Credential,
  CredentialKind,
  Grant,
  RightsSource,
} from "../source.ts";
import { digestOf } from "../token.ts";
import {
  JwtError,
  type JwtSettings,
  LEEWAY_S,
  UnknownKeyError,
  type Verified,
} from "./jwt.ts";
import type { JwtKey } from "./jwt_key.ts";
import type { Verifier } from "./verifier.ts";

/** How many verified JWTs are remembered. */
const MAX_REMEMBERED = 4_096;

/** Options for {@linkcode JwtSource}. */
export interface JwtSourceOptions {
  settings: JwtSettings;
  keys: readonly JwtKey[];
  /**
   * Fetches the keys again where that is due, and resolves when it is done.
   *
   * @returns Whether all places of keys could be read at least once.
   */
  refresh(): Promise<boolean>;
}

/** Knows the rights that JWTs give. */
export class JwtSource implements RightsSource {
  readonly kinds: readonly CredentialKind[] = ["bearer", "cookie"];
  readonly #options: JwtSourceOptions;
  /** The library is loaded for the first JWT. */
  #verifier: Promise<Verifier> | undefined;
  #keys: readonly JwtKey[];
  /** The grants of JWTs that were verified, by their hashes, oldest first. */
  #remembered = new Map<string, Grant>();

  constructor(options: JwtSourceOptions) {
    this.#options = options;
    this.#keys = options.keys;
  }

  /** Replaces the keys. Streams that were opened with JWTs of keys that are gone live on, until these expire. */
  replace(keys: readonly JwtKey[]): void {
    this.#keys = keys;
    this.#verifier = undefined;
    this.#remembered = new Map();
  }

  /** @throws {UndecidedError} where the key cannot be known, as it could not be fetched yet. */
  async identify({ kind, text }: Credential): Promise<Grant> {
    const digest = digestOf(text);
    const known = this.#remembered.get(digest);
    if (known && Date.now() < known.rights.expires!) return known;
    this.#remembered.delete(digest);
    try {
      const keys = this.#keys;
      const verified = await this.#verify(text);
      const grant = toGrant(verified, this.#options.settings.claim);
      // The key may have been removed meanwhile.
      if (this.#keys !== keys) return await this.identify({ kind, text });
      this.#remember(digest, grant);
      return grant;
    } catch (error) {
      if (error instanceof JwtError || error instanceof InputError) {
        const where = kind === "cookie" ? "cookie" : "Authorization header";
        throw new UnauthorizedError(
          `Cannot take the token in the ${where}: ${error.message}`,
          { isWrong: true },
        );
      }
      throw error;
    }
  }

  async #verify(text: string): Promise<Verified> {
    const keys = this.#keys;
    try {
      return await (await this.#load()).verify(text);
    } catch (error) {
      if (!(error instanceof UnknownKeyError)) throw error;
      const isKnown = await this.#options.refresh();
      if (this.#keys !== keys) return await (await this.#load()).verify(text);
      if (isKnown) throw error;
      throw new UndecidedError(
        "Cannot verify the token: its key cannot be fetched for now",
      );
    }
  }

  #load(): Promise<Verifier> {
    return this.#verifier ??= import("./verifier.ts").then(({ Verifier }) =>
      new Verifier(this.#options.settings, this.#keys)
    );
  }

  #remember(digest: string, grant: Grant): void {
    this.#remembered.set(digest, grant);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#remembered.keys();
    this.#remembered.delete(oldest!);
  }
}

/** @throws {InputError} where the claim gives no rights as it must, or names nobody. */
function toGrant(verified: Verified, claim: string): Grant {
  const { sub, exp, iat } = verified;
  const record = Object.hasOwn(verified, claim)
    ? readObject(verified[claim], `the claim ${claim}`)
    : {};
  return {
    rights: {
      ...sub !== undefined && { subject: readSubject(sub) },
      ...readRights(record),
      admin: false,
      expires: endOf(exp * 1_000),
      issuedAt: iat * 1_000,
    },
  };
}

/**
 * When the rights of a JWT end, in ms: with the JWT. Those of one that is used after that, as clocks may differ, end with the
 * leeway.
 */
function endOf(expiresMs: number): number {
  return Date.now() < expiresMs ? expiresMs : expiresMs + LEEWAY_S * 1_000;
}
