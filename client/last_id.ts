import type { ChimeSourceOptions } from "./client.d.ts";

/** The last id of a stream, kept over a reload where there is a storage. */
export class LastId {
  readonly #key: string;
  #storage: ChimeSourceOptions["storage"];
  #id: string;

  constructor({ href }: URL, storage: ChimeSourceOptions["storage"]) {
    this.#key = `chime:${href}`;
    this.#storage = storage;
    this.#id = storage?.getItem(this.#key) ?? "";
  }

  /** The id that was stored last, or nothing. */
  get id(): string {
    return this.#id;
  }

  store(id: string): void {
    if (!this.#storage || !id || id === this.#id) return;
    try {
      this.#storage.setItem(this.#key, this.#id = id);
    } catch (error) {
      // As where it is full. The stream goes on, and only a reload notices.
      this.#storage = undefined;
      console.warn("ChimeSource cannot store its last id:", error);
    }
  }
}
