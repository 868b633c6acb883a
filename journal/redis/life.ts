import { log } from "../../log/log.ts";
import type { Ask } from "./connection.ts";
import { RedisError } from "./error.ts";

/** How a script that appends finds out whether an epoch has to begin. */
export type LifeMode =
  /** By what `INFO` says: whether Redis has another life than at the last append. */
  | "info"
  /** One begins in any case. */
  | "begin"
  /** None begins. */
  | "";

/**
 * Knows how to tell the lives of Redis apart. Where Redis refuses `INFO`, each connection begins an epoch, and the loss of
 * one ends the others: nothing else shows that Redis may have lost something.
 */
export class RedisLife {
  #hasInfo = true;
  #hasWarned = false;
  #hasPolicy = false;

  /** Whether the loss of one connection has to end the others. */
  get isByConnection(): boolean {
    return !this.#hasInfo;
  }

  /** How an append finds out. */
  get mode(): LifeMode {
    return this.#hasInfo ? "info" : "";
  }

  /** How the first script of a connection finds out. */
  get firstMode(): LifeMode {
    return this.#hasInfo ? "info" : "begin";
  }

  /**
   * Asks Redis what it tells of itself.
   *
   * @param isFirst Whether the connection is new.
   * @throws {RedisError} Redis refuses for a while, or the connection was lost, or, where it is not new, Redis tells other
   * things than before, so that the connection must be made anew.
   */
  async check(ask: Ask, isFirst: boolean): Promise<void> {
    const hasInfo = await tellsLife(ask);
    if (!isFirst && hasInfo !== this.#hasInfo) {
      throw new RedisError(`INFO is ${hasInfo ? "allowed" : "refused"} now`);
    }
    this.#hasInfo = hasInfo;
    if (!hasInfo && !this.#hasWarned) {
      log.warn(
        "Redis refuses INFO, so that each connection to it counts as a new life: " +
          "clients may get a reset that they would not need",
      );
    }
    this.#hasWarned = !hasInfo;
    if (isFirst && hasInfo) await this.#checkPolicy(ask);
  }

  /** Says once where Redis may remove keys by itself. */
  async #checkPolicy(ask: Ask): Promise<void> {
    if (this.#hasPolicy) return;
    const info = await ask((client) =>
      client.sendCommand<string>(["INFO", "memory"])
    );
    this.#hasPolicy = true;
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    if (policy && policy !== "noeviction") {
      log.warn(
        `Redis's maxmemory-policy is ${policy}: it may remove events before their time. Set it to noeviction`,
      );
    }
  }
}

/** Whether `INFO` is allowed, and names the life of Redis. */
async function tellsLife(ask: Ask): Promise<boolean> {
  try {
    const info = await ask((client) =>
      client.sendCommand<string>(["INFO", "replication"])
    );
    return /^master_replid:[0-9a-f]{40}\r?$/m.test(info);
  } catch (error) {
    if (!(error instanceof RedisError) || error.isPassing) throw error;
    return false;
  }
}
