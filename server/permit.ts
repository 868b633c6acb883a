import type { RefusedReason } from "../hub/refused.ts";
import type { AddressKey } from "./address_table.ts";
import type { SharedCounts } from "./shared_counts.ts";

/** What a {@linkcode Permit} takes. */
export interface Room {
  readonly isConnection: boolean;
  /** The address that it counts for, if for any. */
  readonly key: AddressKey | undefined;
}

/** Says whether a connection or a request is within the limits. Dispose of it when the connection or the request ends. */
export class Permit implements Disposable {
  /** The client's address, as text. */
  readonly address: string;
  /** Why it is over a limit, if it is. It then takes no room. */
  readonly refused: RefusedReason | undefined;
  readonly #counts: SharedCounts;
  readonly #room: Room;

  /** Takes the room, unless it is refused. */
  constructor(
    counts: SharedCounts,
    address: string,
    room: Room,
    refused: RefusedReason | undefined,
  ) {
    this.address = address;
    this.refused = refused;
    this.#counts = counts;
    this.#room = room;
    if (refused !== undefined) return;
    if (room.isConnection) counts.add("connections", 1);
    if (room.key) counts.addAddress(room.key);
  }

  [Symbol.dispose](): void {
    if (this.refused !== undefined) return;
    if (this.#room.isConnection) this.#counts.add("connections", -1);
    if (this.#room.key) this.#counts.removeAddress(this.#room.key);
  }
}
