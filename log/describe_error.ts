import { cut } from "./cut.ts";

/** How many causes of causes are followed: a chain may be a circle. */
const MAX_CAUSES = 4;
const MAX_STACK_LINES = 40;
const MAX_LINE_CHARS = 300;
/** Enough for all lines: only so much is split into lines. */
const MAX_STACK_CHARS = 20_000;

/** What was caught, in words. */
export interface DescribedError {
  /** Such as `TypeError: x is not a function`. It may hold anything. */
  readonly summary: string;
  /** The lines of its stack, then those of its causes. */
  readonly stack: readonly string[];
}

/** Describes what was caught, which may be anything, even an object that throws when it is read. */
export function describeError(error: unknown): DescribedError {
  const summary = read(() => String(error)) ?? "an error that cannot be shown";
  const stack = stackOf(error, summary);
  let cause = causeOf(error);
  for (let i = 0; i < MAX_CAUSES && cause !== undefined; i++) {
    const text = read(() => String(cause)) ?? "?";
    stack.push(...linesOf(`Caused by: ${text}`), ...stackOf(cause, text));
    cause = causeOf(cause);
  }
  return { summary, stack: stack.slice(0, MAX_STACK_LINES) };
}

/** The stack without the summary that it begins with. */
function stackOf(error: unknown, summary: string): string[] {
  const stack = read(() => error instanceof Error ? error.stack : undefined);
  if (typeof stack !== "string") return [];
  return linesOf(
    stack.startsWith(summary) ? stack.slice(summary.length) : stack,
  );
}

function causeOf(error: unknown): unknown {
  return read(() => error instanceof Error ? error.cause : undefined);
}

function linesOf(text: string): string[] {
  return text.slice(0, MAX_STACK_CHARS)
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => cut(line.trim(), MAX_LINE_CHARS))
    .filter((line) => line !== "");
}

function read<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    // Whatever was thrown may have getters that throw.
    return undefined;
  }
}
