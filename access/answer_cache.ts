/** The longest time for which an answer is kept, in s. */
const MAX_AGE_S = 60;
/** How many answers are kept at most. */
const MAX_ANSWERS = 4_096;

/** Keeps answers for as long as their `Cache-Control` allows, but no longer than 60 s. */
export class AnswerCache<Answer> {
  /** By their keys, the oldest first. */
  readonly #kept = new Map<string, { answer: Answer; until: number }>();

  /** The answer that is kept for the key, if there is one. */
  get(key: string): Answer | undefined {
    const kept = this.#kept.get(key);
    return kept && performance.now() < kept.until ? kept.answer : undefined;
  }

  /** @param cacheControl The header `Cache-Control` of the answer. */
  set(key: string, answer: Answer, cacheControl: string): void {
    const ageS = maxAgeOf(cacheControl);
    this.#kept.delete(key);
    if (ageS === 0) return;
    this.#kept.set(key, { answer, until: performance.now() + ageS * 1_000 });
    if (this.#kept.size <= MAX_ANSWERS) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest!);
  }
}

/**
 * For how long an answer may be kept, in s, by its `Cache-Control`.
 * https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
 */
export function maxAgeOf(cacheControl: string): number {
  const directives = cacheControl.toLowerCase().split(",")
    .map((directive) => directive.trim());
  const isForbidden = directives.some((directive) =>
    /^no-(?:store|cache)(?:=|$)/.test(directive)
  );
  if (isForbidden) return 0;
  const ages = directives
    .filter((directive) => directive.startsWith("max-age"))
    .map((directive) => /^max-age="?(\d+)"?$/.exec(directive)?.[1] ?? "0");
  return ages.length > 0 ? Math.min(MAX_AGE_S, ...ages.map(Number)) : 0;
}
