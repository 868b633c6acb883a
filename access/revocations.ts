import { log } from "../log/log.ts";
import type { TailBatch } from "../journal/journal.ts";
import type { Journal } from "../journal/journal.ts";
import { isNote, REVOKED_NOTE } from "../journal/note.ts";
import { UndecidedError } from "./access_error.ts";
import type { Rights } from "./rights.ts";

/** How long to wait before the store is asked again where it could not be, in ms. */
const RETRY_MS = 1_000;

/** A subject's credentials that were made up to a time are revoked. */
export interface Revocation {
  readonly subject: string;
  /** In ms since 1970. */
  readonly before: number;
}

/** What {@linkcode Revocations} needs of a journal. */
export type RevocationJournal = Pick<Journal, "append" | "set" | "list">;

/**
 * Which subjects were revoked, and until when: what the journal's store says, and what the tail brings. All workers and
 * instances on a journal agree, also after a restart.
 */
export class Revocations implements Disposable {
  readonly #journal: RevocationJournal;
  readonly #lifetimeMs: number;
  readonly #onRevoked: () => void;
  readonly #before = new Map<string, number>();
  #isLoaded = false;
  #isLoading = false;
  /** Whether what is being read may lack what was revoked since. */
  #isStale = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param lifetimeMs How long a revocation is kept: no credential that it concerns may live longer.
   * @param onRevoked Called when there are more.
   */
  constructor(
    journal: RevocationJournal,
    lifetimeMs: number,
    onRevoked: () => void,
  ) {
    this.#journal = journal;
    this.#lifetimeMs = lifetimeMs;
    this.#onRevoked = onRevoked;
  }

  /**
   * Whether rights were revoked.
   *
   * @param madeMs When the credential was made, where the rights do not say it, in ms since 1970.
   */
  isRevoked({ subject, issuedAt }: Rights, madeMs?: number): boolean {
    const made = issuedAt ?? madeMs;
    if (subject === undefined || made === undefined) return false;
    const before = this.#before.get(subject);
    return before !== undefined && made <= before;
  }

  /** @throws {UndecidedError} It is not known yet what was revoked. */
  assertKnown(): void {
    if (this.#isLoaded) return;
    throw new UndecidedError(
      "Cannot take the credential: the journal is away, and knows whether it was revoked",
    );
  }

  /**
   * Revokes a subject's credentials that were made up to now, everywhere.
   *
   * @returns Whether there was room.
   * @throws {UnavailableError} The journal cannot be reached for now.
   */
  async revoke(subject: string): Promise<boolean> {
    const before = Date.now();
    const entry = { key: subject, value: `${before}` };
    // Kept before it is told: whoever starts meanwhile finds it.
    const isKept = await this.#journal.set(
      "revocation",
      entry,
      this.#lifetimeMs,
    );
    if (!isKept) return false;
    const payload = JSON.stringify({ subject, before } satisfies Revocation);
    await this.#journal.append([{ note: REVOKED_NOTE, payload }]);
    this.#add({ subject, before });
    this.#onRevoked();
    return true;
  }

  /** Brings a tail's batches, and takes the revocations in them. Where the tail leaves something out, the store is asked. */
  async *follow(
    tail: AsyncIterable<TailBatch>,
  ): AsyncGenerator<TailBatch> {
    let isFirst = true;
    for await (const batch of tail) {
      if (isFirst || batch.gap) this.#load();
      isFirst = false;
      for (const record of batch.records) {
        if (!isNote(record) || record.note !== REVOKED_NOTE) continue;
        this.#add(JSON.parse(record.payload ?? ""));
        this.#onRevoked();
      }
      yield batch;
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#isLoading = true;
  }

  #add({ subject, before }: Revocation): void {
    const known = this.#before.get(subject) ?? 0;
    this.#before.set(subject, Math.max(known, before));
  }

  async #load(): Promise<void> {
    this.#isStale = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        for (const { key, value } of await this.#journal.list("revocation")) {
          this.#add({ subject: key, before: Number(value) });
        }
      }
      this.#isLoading = false;
      this.#isLoaded = true;
      this.#onRevoked();
    } catch (error) {
      log.warn("the revocations cannot be read, trying again", { error });
      this.#timer = setTimeout(() => {
        this.#isLoading = false;
        this.#load();
      }, RETRY_MS);
    }
  }
}
