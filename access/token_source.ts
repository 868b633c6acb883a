import { digestOf, type Token } from "./token.ts";
import type {
  Credential,
  CredentialKind,
  Grant,
  RightsSource,
} from "./source.ts";

/** Knows the rights of tokens. */
export class TokenSource implements RightsSource {
  readonly kinds: readonly CredentialKind[] = ["bearer", "cookie"];
  #grants: ReadonlyMap<string, Grant>;

  constructor(tokens: readonly Token[]) {
    this.#grants = grantsOf(tokens);
  }

  /** Replaces the tokens. Grants that were given before are to be looked at with {@linkcode TokenSource.current}. */
  replace(tokens: readonly Token[]): void {
    this.#grants = grantsOf(tokens);
  }

  /**
   * The tokens are looked up by their hash: the time that takes depends on the hash of what was sent, and says nothing
   * about a token that shares its beginning.
   */
  identify({ text }: Credential): Grant | undefined {
    return this.#grants.get(digestOf(text));
  }

  /**
   * A grant as it is by now: one that follows its token has the token's present rights, and one whose token was removed
   * is gone.
   */
  current(grant: Grant): Grant | undefined {
    if (grant.token === undefined) return grant;
    const own = this.#grants.get(grant.token);
    return own && !grant.followsToken ? grant : own;
  }
}

/** The grants of the tokens, by the tokens' hashes. */
function grantsOf(tokens: readonly Token[]): ReadonlyMap<string, Grant> {
  return new Map(
    tokens.map(({ id, name, rights }) =>
      [id, { rights, token: id, name, followsToken: true }] as const
    ),
  );
}
