import { ForbiddenError, UnauthorizedError } from "./access_error.ts";
import { overlaps, type Pattern } from "../events/pattern.ts";
import { type Action, missingFrom } from "./rights.ts";
import type {
  Application,
  Asking,
  Credential,
  CredentialReader,
  Grant,
  Need,
  RightsSource,
} from "./source.ts";

/** What a request may do: the answer of a {@linkcode Gate}. */
export interface Permit {
  /** The grants of all credentials, in their order. */
  readonly grants: readonly Grant[];
  /** The rights that are needed, and that the grants give. */
  readonly need: Need;
}

/** Options for {@linkcode Gate}. */
export interface GateOptions {
  /** The channels that nobody may subscribe to without a right. */
  readonly isPrivate: readonly Pattern[];
  /** Where credentials are found in a request, in their order. */
  readonly readers: readonly CredentialReader[];
  readonly sources: readonly RightsSource[];
  readonly application?: Application | undefined;
}

/** Decides what a request may do. */
export class Gate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /**
   * Finds the grants of the credentials that a request carries. One that is wrong refuses the request, whatever else it
   * carries.
   *
   * @throws {UnauthorizedError} for a wrong credential.
   */
  async identify(asking: Asking): Promise<Grant[]> {
    const { readers } = this.#options;
    const grants: Grant[] = [];
    for (const read of readers) {
      const credential = read(asking);
      const grant = credential && await this.#identify(credential);
      if (grant) grants.push(grant);
    }
    return grants;
  }

  /**
   * Allows a request, or refuses it. What its credentials do not allow, the application is asked for.
   *
   * @param grants What {@linkcode Gate.identify} has found.
   * @param channels The channels, or patterns, that it is about. All of them must be allowed.
   * @throws {AccessError} where it is refused.
   */
  async permit(
    asking: Asking,
    grants: readonly Grant[],
    action: Action,
    channels: readonly string[],
  ): Promise<Permit> {
    const need = { action, channels: this.#needed(action, channels) };
    const missing = stillMissing(grants, need);
    if (missing.length === 0) return { grants, need };
    const { application } = this.#options;
    if (!application) throw refused(grants, action, missing);
    const answer = await application.ask(asking, { action, channels: missing });
    const all = [...grants, answer];
    const refusedOnes = stillMissing(all, need);
    if (refusedOnes.length > 0) throw refused(all, action, refusedOnes);
    return { grants: all, need };
  }

  /**
   * Finds all grants that a request can have, as for a ticket. The application is asked where there is none, or where they
   * do not give what is wanted.
   *
   * @param wanted The channels, or patterns, that are to be subscribed to.
   * @throws {AccessError} for a wrong credential, and where the application refuses.
   */
  async gather(
    asking: Asking,
    wanted: readonly string[],
  ): Promise<readonly Grant[]> {
    const grants = await this.identify(asking);
    const channels = stillMissing(grants, {
      action: "subscribe",
      channels: wanted,
    });
    const { application } = this.#options;
    if (!application || grants.length > 0 && channels.length === 0) {
      return grants;
    }
    const need = { action: "subscribe", channels } as const;
    return [...grants, await application.ask(asking, need)];
  }

  /**
   * Refuses a request without a credential for what nobody may do without one. To call before more of the request is
   * looked at.
   *
   * @throws {UnauthorizedError} where there is no grant, and no application that may give one.
   */
  requireCredential(grants: readonly Grant[], action: Action): void {
    if (grants.length > 0 || this.#options.application) return;
    throw refused(grants, action, []);
  }

  #needed(action: Action, channels: readonly string[]): readonly string[] {
    if (action !== "subscribe") return channels;
    const { isPrivate } = this.#options;
    return channels.filter((channel) =>
      isPrivate.some((pattern) => overlaps(pattern, channel))
    );
  }

  async #identify(credential: Credential): Promise<Grant | undefined> {
    const sources = this.#options.sources.filter(({ kinds }) =>
      kinds.includes(credential.kind)
    );
    // The application may know it.
    if (sources.length === 0) return undefined;
    for (const source of sources) {
      const grant = await source.identify(credential);
      if (grant) return grant;
    }
    throw new UnauthorizedError(
      `Cannot take the ${NAMES[credential.kind]}: it is wrong`,
      { isWrong: true },
    );
  }
}

const NAMES = {
  bearer: "token in the Authorization header",
  cookie: "credential in the cookie",
  ticket: "ticket",
};

/** The channels that the grants are not enough for. */
export function stillMissing(
  grants: readonly Grant[],
  { action, channels }: Need,
): string[] {
  return missingFrom(grants.map(({ rights }) => rights), action, channels);
}

/** The beginning of a message: what cannot be done, and with which channels. */
export function cannot(action: Action, channels: readonly string[]): string {
  return channels.length === 0
    ? `Cannot ${action}`
    : `Cannot ${VERBS[action]} ${channels.map(quote)}`;
}

function refused(
  grants: readonly Grant[],
  action: Action,
  missing: readonly string[],
): ForbiddenError | UnauthorizedError {
  const what = cannot(action, missing);
  return grants.length > 0
    ? new ForbiddenError(`${what}: the credential has no right to`, missing)
    : new UnauthorizedError(
      `${what} without a token: send it as Authorization: Bearer <token>`,
      { isWrong: false, missing },
    );
}

const VERBS = {
  subscribe: "subscribe to",
  publish: "publish to",
  stop: "stop",
};

function quote(channel: string): string {
  return JSON.stringify(channel);
}
