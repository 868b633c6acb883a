import type { Grant } from "./source.ts";

/**
 * Whose publishing keys are: the first subject that the grants name, else the name of the first token, else nobody's in
 * particular. A token's name stays when its text changes.
 */
export function publisherOf(grants: readonly Grant[]): readonly string[] {
  for (const { rights: { subject } } of grants) {
    if (subject !== undefined) return ["subject", subject];
  }
  for (const { name } of grants) {
    if (name !== undefined) return ["token", name];
  }
  return [];
}
