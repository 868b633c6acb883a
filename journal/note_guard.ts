import { log } from "../log/log.ts";
import { isKnownNote, isNote, type TimelineRecord } from "./note.ts";

/**
 * Looks for notes that this version does not know. Whoever reads a timeline without their meaning may say what is not so,
 * so such a journal is not ready any more. The log names each kind once.
 */
export class NoteGuard {
  readonly #unknown = new Set<string>();

  /** Whether all notes so far were known. */
  get isReady(): boolean {
    return this.#unknown.size === 0;
  }

  /**
   * Looks at records that have come.
   *
   * @param writtenBy The version of Chime that wrote them, where the store knows. Else a note's payload may say.
   */
  see(records: Iterable<TimelineRecord>, writtenBy?: string): void {
    for (const record of records) {
      if (!isNote(record) || isKnownNote(record.note)) continue;
      if (this.#unknown.has(record.note)) continue;
      this.#unknown.add(record.note);
      log.error(
        "the journal is not ready: it has a note of a kind that only a newer version knows",
        {
          kind: record.note,
          version: writtenBy ?? versionIn(record.payload) ?? "unknown",
        },
      );
    }
  }
}

/** The field `version` of a payload in JSON. */
function versionIn(payload = ""): string | undefined {
  try {
    const { version } = JSON.parse(payload);
    return typeof version === "string" ? version : undefined;
  } catch {
    // Another kind of payload, which is none of our business.
    return undefined;
  }
}
