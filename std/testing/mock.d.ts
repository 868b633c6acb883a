/** The part of `@std/testing/mock` that Chime uses. https://jsr.io/@std/testing */

export interface SpyCall {
  // deno-lint-ignore no-explicit-any
  args: any[];
  returned?: unknown;
  error?: Error;
}
export interface Stub extends Disposable {
  calls: SpyCall[];
  restored: boolean;
  restore(): void;
}

/** Replaces a method until the stub is restored or disposed of. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func?: Self[Prop],
): Stub;
