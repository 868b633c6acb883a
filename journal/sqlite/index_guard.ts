import type { DatabaseSync } from "node:sqlite";
import type { EventId } from "../../events/event_id.ts";
import { log } from "../../log/log.ts";
import { isAsked } from "../asked.ts";
import type { LatestQuery } from "../history.ts";
import { checkIndex, type IndexEntry } from "./check_index.ts";
import { comparePlaces, parts, type RowPlace, toPlace } from "./rows.ts";

/** Mends the index by channel where it alone is damaged, and refuses the readings that it cannot be trusted with. */
export class IndexGuard {
  readonly #database: DatabaseSync;
  readonly #path: string;
  #untrusted: readonly IndexEntry[] = [];

  /** @param path The file's name in the log. */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /**
   * Compares the index with the events, and makes it anew if need be.
   *
   * @throws {Error} The index cannot be read or written.
   */
  check(): void {
    const { isRepairable = false, untrusted = [] } =
      checkIndex(this.#database) ?? {};
    this.#untrusted = untrusted;
    if (!isRepairable) return;
    this.#database.exec("REINDEX event_by_channel");
    log.warn(
      `the index of the journal "${this.#path}" was damaged, and was made anew from its events: none is lost`,
    );
  }

  /** @throws {TypeError} The index and the events disagree on some of what is asked for. */
  assertTrusted(
    { channels, after, upTo }: Pick<LatestQuery, "channels" | "after" | "upTo">,
  ): void {
    const found = this.#untrusted.find((entry) =>
      isAsked(channels, entry.channel) &&
      comparePlaces(entry, place(after)) > 0 &&
      comparePlaces(entry, place(upTo)) <= 0
    );
    if (!found) return;
    throw new TypeError(
      `Cannot trust event ${toPlace(found)}: the index and the events disagree`,
    );
  }
}

function place(id: EventId): RowPlace {
  const [ms, n] = parts(id);
  return { ms, n };
}
