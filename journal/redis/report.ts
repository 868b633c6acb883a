import { log } from "../../log/log.ts";
import type { RedisError } from "./error.ts";

/** Logs each reason why Redis is away once, however many connections are lost and however often they are tried. */
export class RedisReport {
  /** The connections that are lost. */
  readonly #lost = new Set<symbol>();
  /** The reasons logged since all connections were there. */
  readonly #said = new Set<string>();

  /** @param failure Why the connection ended or could not be made; nothing once it is ready. */
  note(connection: symbol, failure?: RedisError): void {
    if (failure) {
      const { reason } = failure;
      this.#lost.add(connection);
      if (!this.#said.has(reason)) log.warn(`Redis is away: ${reason}`);
      this.#said.add(reason);
    } else if (this.#lost.delete(connection) && this.#lost.size === 0) {
      log.info("Redis is back");
      this.#said.clear();
    }
  }
}
