/** The forms in which an event is encoded: its text, or JSON that names its channel, its type and its id, too. */
export const FORMS = ["text", "json"] as const;

export type Form = typeof FORMS[number];

/**
 * How a stream's events are written: as text, where those of a stream of several channels name their channel in their
 * type; as text that never names it; or as JSON.
 */
export type Format = "named" | "flat" | "json";
