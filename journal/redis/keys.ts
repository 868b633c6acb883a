import { STORE_KINDS } from "../keyed_store.ts";

/** The names of a journal's keys in Redis. The braces keep them in one slot of a cluster, together with the key itself. */
export class RedisKeys {
  /** What `--redis-key` says. An older Chime kept its stream there. Now it holds a text, which such a Chime refuses. */
  readonly base: string;
  /** A hash: the format, the epochs, the last id, the floor of all channels, and counts. */
  readonly state: string;
  /** A stream: the newest records of all channels, for tails. */
  readonly window: string;
  /** A sorted set: the channels that hold records, by the running number of their oldest one. */
  readonly oldest: string;
  /** A sorted set: the same channels, and those that have a floor though nothing of them is left, by name. */
  readonly names: string;
  /** A hash: the floors of channels that lost records alone. */
  readonly floors: string;
  /** A hash: the values of the keyed store, and the keys of publications. */
  readonly values: string;
  /** A sorted set: the keys of publications, by the time of their publication. */
  readonly publications: string;
  /** A key that holds nothing, to try commands on. */
  readonly nothing: string;
  readonly #prefix: string;

  constructor(base: string) {
    this.base = base;
    this.#prefix = `{${base}}:`;
    this.state = `${this.#prefix}state`;
    this.window = `${this.#prefix}t`;
    this.oldest = `${this.#prefix}oldest`;
    this.names = `${this.#prefix}names`;
    this.floors = `${this.#prefix}floors`;
    this.values = `${this.#prefix}store`;
    this.publications = this.ends("key");
    this.nothing = `${this.#prefix}nothing`;
  }

  /** All but the channels', those first that a journal begins with. */
  get all(): string[] {
    return [
      ...[this.base, this.state, this.window, this.oldest, this.names],
      ...[this.floors, this.values, this.publications],
      ...Object.keys(STORE_KINDS).map((kind) => this.ends(kind)),
    ];
  }

  /** A list: the records of a channel, each as a head and its data. */
  channel(name: string): string {
    return `${this.#prefix}c:${name}`;
  }

  /** A sorted set: the values of a kind, by the time of their end. */
  ends(kind: string): string {
    return `${this.#prefix}store:${kind}`;
  }
}
