import { UnauthorizedError } from "./access_error.ts";
import type { Revocations } from "./revocations.ts";
import type {
  Credential,
  CredentialKind,
  Grant,
  RightsSource,
} from "./source.ts";

/** A source whose credentials may have been revoked: those that say when they were made, and for whom. */
export class RevocableSource implements RightsSource {
  readonly kinds: readonly CredentialKind[];
  readonly #source: RightsSource;
  readonly #revocations: Revocations;

  constructor(source: RightsSource, revocations: Revocations) {
    this.kinds = source.kinds;
    this.#source = source;
    this.#revocations = revocations;
  }

  /** @throws {UnauthorizedError} where it was revoked, {UndecidedError} where that is not known yet. */
  async identify(credential: Credential): Promise<Grant | undefined> {
    const grant = await this.#source.identify(credential);
    if (grant?.rights.issuedAt === undefined) return grant;
    this.#revocations.assertKnown();
    if (!this.#revocations.isRevoked(grant.rights)) return grant;
    throw new UnauthorizedError("Cannot take the credential: it was revoked", {
      isWrong: true,
    });
  }
}
