import type { Audience } from "./audience.ts";
import { Pacer } from "./pacer.ts";

/** An audience of so few is flushed at once: that costs little, and it need not wait while another channel is busy. */
const SMALL_AUDIENCE = 8;

/** Wakes the audiences that have something new: small ones at once, larger ones at a pace. */
export class Flusher implements Disposable {
  readonly #small = new Set<Audience>();
  readonly #large = new Set<Audience>();
  readonly #pacer = new Pacer(() => this.#flushLarge());
  /** Whether a large audience has several events to be flushed. */
  #isBurst = false;

  /** Has the audience woken by the next flush. Called once for each event. */
  add(audience: Audience): void {
    if (audience.members.size <= SMALL_AUDIENCE) this.#small.add(audience);
    else {
      if (this.#large.has(audience)) this.#isBurst = true;
      this.#large.add(audience);
    }
  }

  /** Wakes what was added: now, or as soon as the pace allows. */
  flush(): void {
    flush(this.#small);
    if (this.#large.size > 0) this.#pacer.request();
  }

  #flushLarge(): boolean {
    flush(this.#large);
    const isBurst = this.#isBurst;
    this.#isBurst = false;
    return isBurst;
  }

  [Symbol.dispose](): void {
    this.#pacer[Symbol.dispose]();
  }
}

function flush(audiences: Set<Audience>): void {
  for (const audience of audiences) audience.flush();
  audiences.clear();
}
