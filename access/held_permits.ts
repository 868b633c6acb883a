import { log } from "../log/log.ts";
import { AccessError } from "./access_error.ts";
import { type Permit, stillMissing } from "./gate.ts";
import type { Grant, Need } from "./source.ts";

/** How often expired rights are looked for, in ms: a stream outlives its rights by no more. */
const SWEEP_MS = 1_000;

interface Held {
  permit: Permit;
  readonly end: () => void;
  /** Since when, in ms since 1970. */
  readonly sinceMs: number;
  /** Whether the rights are being renewed. */
  isRenewing: boolean;
}

/**
 * The permits of open streams. A stream ends as soon as one of its credentials has expired or is revoked: sent again, it
 * would be refused.
 */
export class HeldPermits implements Disposable {
  readonly #current: (grant: Grant, sinceMs: number) => Grant | undefined;
  readonly #held = new Set<Held>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param current Returns a grant as it is by now: the same one, another one, or nothing where it was revoked, as when a
   * token was removed. It is told since when the permit has been held, in ms since 1970.
   */
  constructor(
    current: (grant: Grant, sinceMs: number) => Grant | undefined,
  ) {
    this.#current = current;
  }

  /** How many permits are held. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * Holds a permit until its stream ends.
   *
   * @param end Ends the stream. Called once at most, and not before this returns.
   * @returns Lets go of the permit. To call when the stream has ended, for whatever reason.
   */
  hold(permit: Permit, end: () => void): () => void {
    // A stream that was opened without a credential cannot lose one.
    if (permit.grants.length === 0) return () => {};
    const held: Held = {
      permit,
      end,
      sinceMs: Date.now(),
      isRenewing: false,
    };
    this.#held.add(held);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
    // What was permitted may have been revoked since.
    queueMicrotask(() => this.#review(held));
    return () => this.#release(held);
  }

  /** Looks at every grant again. To call when grants may have changed or been revoked. */
  review(): void {
    for (const held of [...this.#held]) this.#review(held);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#held.clear();
  }

  #sweep(): void {
    const now = Date.now();
    for (const held of [...this.#held]) {
      if (held.isRenewing) continue;
      if (held.permit.grants.some((grant) => hasExpired(grant, now))) {
        this.#renew(held, now);
      }
    }
  }

  async #renew(held: Held, now: number): Promise<void> {
    const { grants } = held.permit;
    const need = needFromExpired(held.permit, now);
    held.isRenewing = true;
    try {
      const renewed = await Promise.all(
        grants.map((grant) =>
          hasExpired(grant, now) ? grant.renew?.(need) : grant
        ),
      );
      // A review may have changed the other grants meanwhile.
      const current = held.permit.grants;
      this.#replace(
        held,
        renewed.map((grant, i) => {
          if (grant === grants[i]) return current[i];
          return grant && !hasExpired(grant, Date.now()) ? grant : undefined;
        }),
      );
    } catch (error) {
      this.#end(held);
      // That the rights have ended is no failure.
      if (error instanceof AccessError) return;
      log.error("a stream's rights could not be renewed", { error });
    } finally {
      held.isRenewing = false;
    }
  }

  #review(held: Held): void {
    const { grants } = held.permit;
    const now = grants.map((grant) => this.#current(grant, held.sinceMs));
    if (now.some((grant, i) => grant !== grants[i])) this.#replace(held, now);
  }

  #replace(held: Held, now: readonly (Grant | undefined)[]): void {
    const grants = now.filter((grant) => grant !== undefined);
    const { need } = held.permit;
    if (grants.length < now.length || stillMissing(grants, need).length > 0) {
      this.#end(held);
    } else held.permit = { grants, need };
  }

  #end(held: Held): void {
    if (this.#release(held)) held.end();
  }

  #release(held: Held): boolean {
    const isHeld = this.#held.delete(held);
    if (this.#held.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return isHeld;
  }
}

/** What the grants that have expired are still needed for. */
function needFromExpired({ grants, need }: Permit, now: number): Need {
  const others = grants.filter((grant) => !hasExpired(grant, now));
  return { ...need, channels: stillMissing(others, need) };
}

function hasExpired({ rights }: Grant, now: number): boolean {
  return rights.expires !== undefined && rights.expires <= now;
}
