import { UnavailableError } from "../../journal/history.ts";
import type { Life, StoreWorld } from "./shared_store.ts";
import { SharedStore } from "./shared_store.ts";
import type { World } from "./world.ts";

/** A server with a store, as Redis is. */
export class Server {
  readonly name: string;
  store: SharedStore;
  /** What it has on its disk. */
  disk: SharedStore;
  isUp = true;
  /** Whose replica it is. */
  master: Server | undefined;
  /** Changes with each start of the server. */
  run: string;
  /** Changes with each start and each promotion. A replica has its master's. */
  replication: string;
  /** How often all its connections were cut. */
  cuts = 0;
  #bell = Promise.withResolvers<void>();

  constructor(name: string, store: SharedStore, life: string) {
    this.name = name;
    this.store = store;
    this.disk = store.clone();
    this.run = life;
    this.replication = life;
  }

  get life(): Life {
    return { run: this.run, replication: this.replication };
  }

  /** Cuts all connections. */
  cut(): void {
    this.cuts++;
    this.ring();
  }

  /** Wakes the tails that wait for news. */
  ring(): void {
    this.#bell.resolve();
    this.#bell = Promise.withResolvers();
  }

  /** Resolves when there may be news. */
  news(): Promise<void> {
    return this.#bell.promise;
  }
}

/** Two servers, one of which is the primary that instances are sent to. */
export class Servers {
  readonly all: readonly [Server, Server];
  primary: Server;
  readonly #world: World;
  readonly #storeWorld: StoreWorld;
  #lives = 0;

  constructor(world: World, storeWorld: StoreWorld) {
    this.#world = world;
    this.#storeWorld = storeWorld;
    const make = (name: string) =>
      new Server(name, new SharedStore(storeWorld), this.#newLife());
    this.all = [make("A"), make("B")];
    this.primary = this.all[0];
    this.#follow(this.all[1], this.all[0]);
  }

  get other(): Server {
    return this.primary === this.all[0] ? this.all[1] : this.all[0];
  }

  /** Replicas get what their masters have, and disks what is in memory, now and then. */
  copy(): void {
    const { random } = this.#world;
    for (const server of this.all) {
      if (server.master && random.chance(0.6)) {
        this.#follow(server, server.master);
      }
      if (random.chance(0.3)) server.disk = server.store.clone();
    }
  }

  /** The server ends and starts again with what is on its disk. */
  restart(server: Server, isPlain: boolean): void {
    if (isPlain) server.disk = server.store.clone();
    server.store = server.disk.clone();
    server.run = this.#newLife();
    if (!server.master) server.replication = this.#newLife();
    server.cut();
  }

  /** The replica takes over, with what it has. */
  failOver(cutsOld: boolean): void {
    const { primary: old, other: next } = this;
    if (!next.master) return;
    next.master = undefined;
    next.replication = this.#newLife();
    this.primary = next;
    old.master = next;
    if (cutsOld) old.cut();
    if (this.#world.random.chance(0.5)) this.#follow(old, next);
  }

  /** Both take writes: the old primary does not know that the other one has taken over. */
  split(): void {
    const { other: next } = this;
    if (!next.master) return;
    next.master = undefined;
    next.replication = this.#newLife();
    this.primary = next;
  }

  /** The one that is not the primary becomes its replica, and loses what it had. */
  failBack(cuts: boolean): void {
    const { primary, other } = this;
    if (!other.master) this.#follow(other, primary);
    other.master = primary;
    if (cuts) other.cut();
  }

  /** The primary becomes the other's replica for a moment, so that it has the other's older data. Connections live on. */
  turnBack(): void {
    const { primary, other } = this;
    if (!other.master) return;
    primary.store = other.store.clone();
    primary.replication = this.#newLife();
    primary.ring();
  }

  /** All data is removed. */
  flush(): void {
    this.primary.store = new SharedStore(this.#storeWorld);
    this.primary.ring();
  }

  /** The other server starts with a copy of the primary's file, and is nobody's replica. */
  copyFile(): void {
    const { primary, other } = this;
    other.store = primary.store.clone();
    other.disk = primary.store.clone();
    other.master = undefined;
    other.run = this.#newLife();
    other.replication = this.#newLife();
    other.cut();
  }

  /** The primary's file is replaced by an older one, and the server starts again. */
  restore(backup: SharedStore): void {
    this.primary.disk = backup.clone();
    this.restart(this.primary, false);
  }

  /** A channel's list is gone. */
  loseList(): void {
    const { store } = this.primary;
    const names = [...store.lists.keys()];
    if (names.length > 0) store.lose(this.#world.random.pick(names));
  }

  /** Everything works from now on: one primary, with a replica that has its data. */
  heal(): void {
    for (const server of this.all) server.isUp = true;
    this.primary.master = undefined;
    this.failBack(true);
  }

  #follow(replica: Server, master: Server): void {
    replica.master = master;
    replica.store = master.store.clone();
    replica.replication = master.replication;
    replica.ring();
  }

  #newLife(): string {
    return `life${++this.#lives}`;
  }
}

/** A connection to a server. */
export class Connection {
  readonly server: Server;
  readonly #world: World;
  readonly #cuts: number;

  constructor(world: World, server: Server) {
    this.#world = world;
    this.server = server;
    this.#cuts = server.cuts;
  }

  get isOpen(): boolean {
    return this.server.isUp && this.server.cuts === this.#cuts;
  }

  /**
   * Runs a script there. All of it happens at once. Where the connection is cut before the answer comes, nobody knows
   * whether it happened.
   */
  async run<T>(script: (store: SharedStore, server: Server) => T): Promise<T> {
    await this.#world.hop();
    this.#check();
    let answer: T;
    try {
      answer = script(this.server.store, this.server);
    } catch (error) {
      await this.#world.hop();
      this.#check();
      throw error;
    }
    await this.#world.hop();
    this.#check();
    return answer;
  }

  #check(): void {
    if (!this.isOpen) throw new UnavailableError("The connection was cut");
  }
}
