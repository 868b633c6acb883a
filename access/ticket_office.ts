import { UnavailableError } from "../journal/history.ts";
import type { KeyedStore } from "../journal/keyed_store.ts";
import { ForbiddenError, UndecidedError } from "./access_error.ts";
import type { ChannelRights } from "./read_rights.ts";
import { type Action, joinRights, missingFrom, type Rights } from "./rights.ts";
import type {
  Credential,
  CredentialKind,
  Grant,
  RightsSource,
} from "./source.ts";
import { drawTicket, TICKET_LIFETIME_MS } from "./ticket.ts";
import { digestOf } from "./token.ts";

/** A ticket, as its client gets it. */
export interface Issued {
  /** Opens one stream, once. */
  readonly ticket: string;
  /** Until when, in s since 1970. */
  readonly expires: number;
}

/** Issues tickets, and takes them. They are kept in the journal's store, for all workers and instances. */
export class TicketOffice implements RightsSource {
  readonly kinds: readonly CredentialKind[] = ["ticket"];
  readonly #store: Pick<KeyedStore, "set" | "take">;

  constructor(store: Pick<KeyedStore, "set" | "take">) {
    this.#store = store;
  }

  /**
   * Issues a ticket. It ends when the credentials end that it stands for.
   *
   * @param grants What those who ask for it may do.
   * @param wanted The rights that it is to give; all of them where that is not said.
   * @returns Nothing where too many tickets wait.
   * @throws {ForbiddenError} The grants do not give these rights.
   * @throws {UnavailableError} The journal cannot be reached for now.
   */
  async issue(
    grants: readonly Grant[],
    wanted?: ChannelRights,
  ): Promise<Issued | undefined> {
    const rights = narrow(
      joinRights(grants.map(({ rights }) => rights)),
      wanted,
    );
    const token = grants.find(({ token }) => token !== undefined)?.token;
    const grant: Grant = { rights, ...token !== undefined && { token } };
    const ticket = drawTicket();
    const isKept = await this.#store.set(
      "ticket",
      // Whoever reads the store must not be able to use it.
      { key: digestOf(ticket), value: JSON.stringify(grant) },
      TICKET_LIFETIME_MS,
    );
    if (!isKept) return undefined;
    const expires = Math.floor((Date.now() + TICKET_LIFETIME_MS) / 1_000);
    return { ticket, expires };
  }

  /** @throws {UndecidedError} The journal cannot be reached for now. */
  async identify({ text }: Credential): Promise<Grant | undefined> {
    try {
      const value = await this.#store.take("ticket", digestOf(text));
      if (value === undefined) return undefined;
      const grant: Grant = JSON.parse(value);
      const { expires = Infinity } = grant.rights;
      return expires > Date.now() ? grant : undefined;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      throw new UndecidedError("Cannot take the ticket: the journal is away");
    }
  }
}

const ACTIONS: readonly Action[] = ["subscribe", "publish", "stop"];

/** The rights without what is not wanted. A ticket never revokes others' credentials. */
function narrow(rights: Rights, wanted: ChannelRights = rights): Rights {
  for (const action of ACTIONS) {
    const missing = missingFrom([rights], action, wanted[action]);
    if (missing.length === 0) continue;
    throw new ForbiddenError(
      `Cannot issue a ticket to ${action} ${
        missing.map((name) => JSON.stringify(name))
      }: the credential has no right to`,
      missing,
    );
  }
  const { subscribe, publish, stop } = wanted;
  return { ...rights, subscribe, publish, stop, admin: false };
}
