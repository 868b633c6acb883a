/** Does one thing after another. A failure goes to whoever asked for it, and the next one is done all the same. */
export class Serial {
  #last: Promise<void> = Promise.resolve();

  /** Does something as soon as all that was asked for before is done. */
  run(action: () => void | Promise<void>): Promise<void> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }
}
