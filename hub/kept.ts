/** Something that is held for readers, and that can be let go: they find it elsewhere, or are told that they lost it. */
export abstract class Kept {
  /** Its neighbors in its list. Set by the list. */
  older: Kept | undefined;
  newer: Kept | undefined;

  /** Lets go of it. Called by the list's owner only, and before it is removed there. */
  abstract letGo(): void;
}

/** What is held, oldest first. Adding, removing and finding the oldest take the same time however much there is. */
export class KeptList {
  #oldest: Kept | undefined;
  #newest: Kept | undefined;

  get oldest(): Kept | undefined {
    return this.#oldest;
  }

  get newest(): Kept | undefined {
    return this.#newest;
  }

  /** Adds the newest. */
  add(kept: Kept): void {
    kept.older = this.#newest;
    if (this.#newest) this.#newest.newer = kept;
    else this.#oldest = kept;
    this.#newest = kept;
  }

  /** Removes one that is in the list. */
  remove(kept: Kept): void {
    const { older, newer } = kept;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    kept.older = kept.newer = undefined;
  }
}
