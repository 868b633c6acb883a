/** Types of `@std/async/delay`. https://jsr.io/@std/async */

/** Options for {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the wait early. */
  signal?: AbortSignal;
  /** Whether the wait keeps the process alive. Default: true. */
  persistent?: boolean;
}

/**
 * Resolves after a time, in ms.
 *
 * @throws {DOMException} or the signal's own reason, if the signal aborts.
 */
export function delay(ms: number, options?: DelayOptions): Promise<void>;
