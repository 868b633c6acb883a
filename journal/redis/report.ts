import { log } from "../../log/log.ts";
import type { RedisError } from "./error.ts";

/** Tells the operator once why Redis is away, however many connections are lost and however often they are tried. */
export class RedisReport {
  /** The connections that are lost, and what has been said of it since. */
  readonly #lost = new Set<symbol>();
  readonly #said = new Set<string>();

  /** @param failure What became of the connection; nothing once it is there. */
  note(connection: symbol, failure?: RedisError): void {
    if (failure) {
      const { reason } = failure;
      this.#lost.add(connection);
      if (!this.#said.has(reason)) log(`Redis is away: ${reason}`);
      this.#said.add(reason);
    } else if (this.#lost.delete(connection) && this.#lost.size === 0) {
      log("Redis is back");
      this.#said.clear();
    }
  }
}
