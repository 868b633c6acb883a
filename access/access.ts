import type { KeyedStore } from "../journal/keyed_store.ts";
import { type ApplicationSettings, HttpApplication } from "./application.ts";
import { bearer } from "./bearer.ts";
import { cookieReader } from "./cookie.ts";
import { cookieTrust } from "./cookie_trust.ts";
import { Gate } from "./gate.ts";
import { HeldPermits } from "./held_permits.ts";
import type { JwtSettings } from "./jwt/jwt.ts";
import type { JwtKey } from "./jwt/jwt_key.ts";
import { JwtSource } from "./jwt/jwt_source.ts";
import type { Pattern } from "../events/pattern.ts";
import type { CredentialReader, RightsSource } from "./source.ts";
import { type RevocationJournal, Revocations } from "./revocations.ts";
import { RevocableSource } from "./revocable_source.ts";
import { ticket } from "./ticket.ts";
import { TicketOffice } from "./ticket_office.ts";
import { TokenSource } from "./token_source.ts";
import type { Token } from "./token.ts";

/** Settings of {@linkcode Access}. All of it is plain data, so that it can be sent to another thread. */
export interface AccessSettings {
  /** The channels that nobody may subscribe to without a right. */
  readonly isPrivate: readonly Pattern[];
  /** The tokens that are taken. Without this, `Authorization` is left to other sources of rights. */
  readonly tokens?: readonly Token[];
  /** What JWTs are verified by. Without this, none is taken. */
  readonly jwt?: JwtSettings;
  /** The keys that JWTs are verified with. */
  readonly jwtKeys?: readonly JwtKey[];
  /** The name of the cookie that a credential may come in. */
  readonly cookie?: string;
  /** The application that is asked where credentials are not enough. */
  readonly application?: ApplicationSettings;
}

/** What may change of the settings meanwhile. */
export type AccessChange = Partial<Pick<AccessSettings, "tokens" | "jwtKeys">>;

/** What a thread asks of the one that reads files and URLs. */
export interface AccessCalls {
  /** See {@linkcode JwtKeys.refresh}. What has changed comes by {@linkcode Access.change}, before this resolves. */
  refreshJwtKeys(): Promise<boolean>;
}

/** Dependencies of {@linkcode Access}. */
export interface AccessDependencies {
  /** Keeps tickets, and what was revoked. */
  journal: RevocationJournal & Pick<KeyedStore, "take">;
  /** Whether the pages of an origin may use the streams with credentials. */
  isListedOrigin(origin: string): boolean;
  calls?: AccessCalls | undefined;
}

/** How long revocations are kept where there are no JWTs, in ms. */
const REVOCATION_MS = 30 * 86_400_000;

const NO_CALLS: AccessCalls = { refreshJwtKeys: () => Promise.resolve(true) };

/** Who may do what, in one thread: the sources of rights that are on, and the permits of its streams. */
export class Access implements Disposable {
  readonly gate: Gate;
  readonly permits: HeldPermits;
  readonly tickets: TicketOffice;
  readonly revocations: Revocations;
  readonly #tokens: TokenSource | undefined;
  readonly #jwts: JwtSource | undefined;

  constructor(
    { isPrivate, tokens, jwt, jwtKeys = [], cookie, application }:
      AccessSettings,
    { journal, isListedOrigin, calls = NO_CALLS }: AccessDependencies,
  ) {
    this.#tokens = tokens && new TokenSource(tokens);
    this.#jwts = jwt && new JwtSource({
      settings: jwt,
      keys: jwtKeys,
      refresh: () => calls.refreshJwtKeys(),
    });
    this.tickets = new TicketOffice(journal);
    this.revocations = new Revocations(
      journal,
      jwt?.maxAgeMs ?? REVOCATION_MS,
      () => this.permits.review(),
    );
    // A token may look like a JWT, so that one is looked up first.
    const sources: RightsSource[] = [this.#tokens, this.#jwts, this.tickets]
      .filter((source) => source !== undefined)
      .map((source) => new RevocableSource(source, this.revocations));
    const trustsCookies = cookieTrust(isListedOrigin);
    const readers: CredentialReader[] = [bearer, ticket];
    if (cookie !== undefined) readers.push(cookieReader(cookie, trustsCookies));
    this.gate = new Gate({
      isPrivate,
      readers,
      sources,
      application: application &&
        new HttpApplication(application, trustsCookies),
    });
    this.permits = new HeldPermits((grant, sinceMs) =>
      this.revocations.isRevoked(grant.rights, sinceMs)
        ? undefined
        : this.#tokens
        ? this.#tokens.current(grant)
        : grant
    );
  }

  /** Takes what has changed, and ends the streams of tokens that were removed, or that lost a right that they need. */
  change({ tokens, jwtKeys }: AccessChange): void {
    if (jwtKeys) this.#jwts?.replace(jwtKeys);
    if (!tokens) return;
    this.#tokens?.replace(tokens);
    this.permits.review();
  }

  [Symbol.dispose](): void {
    this.revocations[Symbol.dispose]();
    this.permits[Symbol.dispose]();
  }
}
