import { compareEventIds, ORIGIN } from "../../events/event_id.ts";
import type { Format } from "../../hub/format.ts";
import type { Journal } from "../../journal/journal.ts";
import { Client, type First, SINCE_MS } from "./client.ts";
import type { Defect } from "./defects.ts";
import { Instance } from "./instance.ts";
import { Oracle, type Told } from "./oracle.ts";
import { Publisher } from "./publisher.ts";
import { RecordedJournal } from "./recorded_journal.ts";
import { Servers } from "./servers.ts";
import { SharedJournal } from "./shared_journal.ts";
import type { SharedStore, StoreOptions, StoreWorld } from "./shared_store.ts";
import { type Node, Truth, Violation } from "./truth.ts";
import { World } from "./world.ts";

/** Which journal a run has: in memory, in a file of one instance, or on servers that several share. */
export type Kind = "memory" | "file" | "shared";

/** What became of a run. */
export interface Result {
  readonly kind: Kind;
  readonly violation: Violation | undefined;
  readonly told: Told;
  /** What happened, if that was wanted. */
  readonly trace: readonly string[] | undefined;
}

const CHANNELS = ["a", "b", "n.c", "n.d"];
/** What covers some of the channels, perhaps. */
const PATTERNS = ["*", "n.*", "n.d.*"];
const DAY_MS = 86_400_000;
const STEPS = 160;

/** One run. */
class Simulation {
  readonly #world: World;
  readonly #defect: Defect | undefined;
  readonly #truth = new Truth();
  readonly #oracle: Oracle;
  readonly #kind: Kind;
  /** Whether nothing goes wrong but connections: then nobody may be told of a loss. */
  readonly #isCalm: boolean;
  readonly #options: StoreOptions;
  readonly #servers: Servers;
  readonly #instances: Instance[] = [];
  readonly #clients: readonly Client[];
  readonly #publisher: Publisher;
  readonly #workers: number;
  #memory!: RecordedJournal;
  #backup: SharedStore | undefined;
  #clockSetMs = -Infinity;
  #held = new Map<Journal, Set<string>>();

  constructor(world: World, defect: Defect | undefined) {
    const { random } = world;
    this.#world = world;
    this.#defect = defect;
    this.#kind = random.weighted<Kind>([
      [6, "shared"],
      [2, "file"],
      [2, "memory"],
    ]);
    this.#isCalm = random.chance(0.25);
    const plenty = this.#isCalm;
    this.#options = {
      maxEvents: plenty ? 1_000 : random.pick([1, 2, 3, 5, 20]),
      maxBytes: plenty ? 1e9 : random.pick([1_500, 3_000, 1e9, 1e9]),
      maxAgeMs: plenty ? 1e9 : random.pick([300, 1e9, 1e9]),
      window: random.pick([3, 5, 10, 50]),
    };
    const storeWorld: StoreWorld = {
      truth: this.#truth,
      options: this.#options,
      defect,
      get elapsedMs() {
        return world.elapsedMs;
      },
    };
    this.#servers = new Servers(world, storeWorld);
    this.#oracle = new Oracle(this.#truth, {
      isHeld: (node) => this.#isHeld(node),
      sinceMs: () => world.elapsedMs - SINCE_MS,
      isClockRight: () => this.#clockSetMs < 0,
      note: (describe) => world.note(describe),
    });
    if (this.#kind === "memory") world.onStep = () => this.#lookAtMemory();
    this.#workers = random.pick([0, 1, 2]);
    const count = this.#kind === "shared" ? random.between(1, 3) : 1;
    for (let i = 0; i < count; i++) this.#instances.push(this.#start());
    this.#clients = Array.from({ length: 5 }, (_, i) => this.#newClient(i));
    this.#publisher = new Publisher(world, () => {
      const alive = this.#instances.filter(({ isAlive }) => isAlive);
      return alive.length > 0
        ? random.pick(random.pick(alive).threads)
        : undefined;
    });
  }

  async run(): Promise<Result> {
    try {
      // Nobody asks for a moment before the store began then.
      if (this.#isCalm) await this.#world.pass(1_000);
      for (let i = 0; i < STEPS && !this.#truth.violation; i++) {
        await this.#step();
      }
      if (!this.#truth.violation) await this.#finish();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#truth.violation ??= error;
    }
    for (const instance of this.#instances) {
      if (instance.isAlive) instance.kill();
    }
    // What follows from that still lives in this world.
    await this.#world.settle();
    return {
      kind: this.#kind,
      violation: this.#truth.violation,
      told: this.#oracle.told,
      trace: this.#world.trace,
    };
  }

  async #step(): Promise<void> {
    const { random } = this.#world;
    const act = random.weighted<() => void>([
      [30, () => this.#publish()],
      [12, () => this.#connectSome()],
      [5, () => this.#cutSome()],
      [4, () => this.#servers.copy()],
      [2, () => this.#backUp()],
      [2, () => this.#stall()],
      [3, () => this.#goWrong()],
    ]);
    act();
    await this.#world.settle();
    await this.#lookAtMemory();
    for (let i = random.below(8); i > 0; i--) await this.#world.step();
    if (random.chance(0.03)) await this.#world.pass(random.between(20, 500));
  }

  /** Everything works again: now everybody must come to have everything. */
  async #finish(): Promise<void> {
    this.#world.note(() => "heal");
    this.#servers.heal();
    for (const [i, { isAlive }] of this.#instances.entries()) {
      if (!isAlive) this.#instances[i] = this.#start();
    }
    for (const client of this.#clients) {
      client.slowness = 0;
      if (this.#world.random.chance(0.5)) client.cut();
    }
    await this.#publishAll();
    this.#connectAll();
    await this.#world.pass(1_000);
    await this.#publishAll();
    if (this.#kind !== "memory") this.#checkFresh(this.#servers.primary.store);
    this.#connectAll();
    await this.#world.pass(2_000);
    if (this.#truth.violation) return;
    await this.#checkEnd();
  }

  /** Publishes one message to each channel. */
  async #publishAll(): Promise<void> {
    for (const channel of CHANNELS) {
      let isDone: boolean | undefined;
      for (let tries = 0; !isDone; tries++) {
        if (tries > 20) throw new Violation("nothing can be published");
        isDone = undefined;
        const publishing = this.#publisher.publish([channel], true);
        publishing.then((answer) => isDone = answer);
        while (isDone === undefined && await this.#world.step());
      }
    }
  }

  async #checkEnd(): Promise<void> {
    const head = this.#head;
    this.#oracle.finish(this.#clients, head);
    this.#checkTimeline(head);
    await this.#lookAtMemory();
    if (this.#isCalm) {
      const { reset, lagged } = this.#oracle.told;
      if (reset + lagged > 0) {
        throw new Violation(`${reset} were reset, and ${lagged} lagged`);
      }
    }
    if (this.#kind !== "memory") {
      this.#checkRetention(this.#servers.primary.store);
    }
  }

  /** Expects that each message is in the timeline once, and all that were answered where nothing was lost. */
  #checkTimeline(head: Node | undefined): void {
    const uids = new Set<string>();
    for (let at = head; at; at = at.parent) {
      if (!at.uid) continue;
      if (uids.has(at.uid)) throw new Violation(`${at.uid} came twice`);
      uids.add(at.uid);
    }
    if (!this.#isCalm) return;
    for (const uid of this.#publisher.answered.keys()) {
      if (!uids.has(uid)) {
        throw new Violation(`${uid} was answered, and is lost`);
      }
    }
  }

  /** Expects that what has just been published is held. */
  #checkFresh(store: SharedStore): void {
    const { last } = store;
    if (!store.readable(CHANNELS).some(({ record: { id } }) => id === last)) {
      throw new Violation(`${last} was let go at once`);
    }
  }

  /** Expects that what is held is neither too old nor let go of too early. */
  #checkRetention(store: SharedStore): void {
    const { maxAgeMs, maxEvents, maxBytes } = this.#options;
    const { elapsedMs } = this.#world;
    for (const [name, list] of store.lists) {
      if (list.length > maxEvents) throw new Violation(`${name} has too much`);
    }
    if (store.bytes > maxBytes) throw new Violation("there is too much");
    for (const { record: { id } } of store.readable(CHANNELS)) {
      if (compareEventIds(id, store.floor?.place ?? ORIGIN) <= 0) {
        throw new Violation(`${id} is held, and is not after the floor`);
      }
    }
    const oldestMs = elapsedMs - maxAgeMs - 2_500;
    for (const { node } of store.readable(CHANNELS)) {
      if (this.#clockSetMs < oldestMs && node.atMs < oldestMs) {
        throw new Violation(`${node.uid} is too old`);
      }
    }
    const isEnough = maxAgeMs > 5_000 && maxBytes > 10_000;
    const count = store.readable(CHANNELS).length;
    if (isEnough && count < CHANNELS.length) {
      throw new Violation(`only ${count} events are left`);
    }
  }

  #publish(): void {
    const { random } = this.#world;
    const channels = Array.from(
      { length: random.pick([1, 1, 1, 2, 3]) },
      () => random.pick(CHANNELS),
    );
    const most = Math.max(
      ...CHANNELS.map((name) => channels.filter((one) => one === name).length),
    );
    if (most > this.#options.maxEvents) return;
    this.#publisher.publish(channels, random.chance(0.4));
  }

  #newClient(index: number): Client {
    const { random } = this.#world;
    const names = CHANNELS.filter(() => random.chance(0.4));
    if (random.chance(0.3)) {
      names.push(random.pick(PATTERNS));
    }
    return new Client(this.#world, this.#oracle, {
      name: `client ${index}`,
      channels: names.length > 0 ? names : [random.pick(CHANNELS)],
      format: random.pick<Format>(["named", "flat", "json"]),
      first: random.weighted<First>([
        [6, "new"],
        [2, "earliest"],
        [1, "since"],
        [1, "latest"],
      ]),
      slowness: random.pick([0, 0, 0.2, 0.7]),
    });
  }

  #connectSome(): void {
    const { random } = this.#world;
    const alive = this.#instances.filter(({ isAlive }) => isAlive);
    const away = this.#clients.filter(({ isConnected }) => !isConnected);
    if (alive.length === 0 || away.length === 0) return;
    random.pick(away).connect(random.pick(alive));
  }

  #connectAll(): void {
    for (const client of this.#clients) {
      if (client.isConnected) continue;
      client.connect(this.#world.random.pick(this.#instances));
    }
  }

  #cutSome(): void {
    this.#world.random.pick(this.#clients).cut();
  }

  #backUp(): void {
    this.#backup = this.#servers.primary.store.clone();
  }

  /** A worker is busy with something else. */
  #stall(): void {
    const { random } = this.#world;
    const { threads } = random.pick(this.#instances);
    random.pick(threads)?.port?.stall(random.between(50, 500));
  }

  #goWrong(): void {
    const { random } = this.#world;
    const faults = this.#faults().filter(([, , isCalm]) =>
      !this.#isCalm || isCalm
    );
    const [, name, , run] = random.pick(faults);
    this.#world.note(() => name);
    run();
    for (const client of this.#clients) client.cutIfGone();
  }

  /** What can go wrong: for which kind, its name, whether it also happens in calm runs, and what it does. */
  #faults(): readonly (readonly [Kind | "any", string, boolean, () => void])[] {
    const servers = this.#servers;
    const { random } = this.#world;
    const all: (readonly [Kind | "any", string, boolean, () => void])[] = [
      ["any", "a worker crashes", true, () => this.#crashWorker()],
      ["any", "the clock is set", false, () => this.#setClock()],
      ["memory", "restart", false, () => this.#restart(0)],
      ["file", "restart", true, () => this.#restart(0)],
      ["file", "an older file is restored", false, () => {
        this.#kill(0);
        if (this.#backup) servers.restore(this.#backup);
        this.#instances[0] = this.#start();
      }],
      ["shared", "an instance restarts", true, () => {
        this.#restart(random.below(this.#instances.length));
      }],
      ["shared", "all connections are cut", true, () => servers.primary.cut()],
      ["shared", "a plain restart", true, () => {
        servers.restart(servers.primary, true);
      }],
      ["shared", "a restart loses what was not saved", false, () => {
        servers.restart(servers.primary, false);
      }],
      ["shared", "failover", false, () => {
        servers.failOver(random.chance(0.7));
      }],
      ["shared", "split", false, () => servers.split()],
      ["shared", "failback", false, () => servers.failBack(random.chance(0.7))],
      [
        "shared",
        "an older copy is taken back",
        false,
        () => servers.turnBack(),
      ],
      ["shared", "all data is removed", false, () => servers.flush()],
      ["shared", "a copy of the file", false, () => servers.copyFile()],
      ["shared", "a backup is restored", false, () => {
        if (this.#backup) servers.restore(this.#backup);
      }],
      ["shared", "a list is lost", false, () => servers.loseList()],
    ];
    return all.filter(([kind]) => kind === "any" || kind === this.#kind);
  }

  #crashWorker(): void {
    this.#world.random.pick(this.#instances).crashWorker();
  }

  #setClock(): void {
    const { random, elapsedMs } = this.#world;
    this.#clockSetMs = elapsedMs;
    // A journal in memory forgets keys after ten minutes.
    const farMs = this.#kind === "memory" ? 30_000 : 2 * DAY_MS;
    this.#world.setClock(
      random.pick([
        -farMs,
        farMs,
        -random.below(500),
        random.below(500),
      ]),
    );
  }

  #kill(index: number): void {
    this.#instances[index]!.kill();
    // Nothing that has ended writes to a file any more.
    if (this.#kind === "file") this.#servers.primary.cut();
  }

  #restart(index: number): void {
    this.#kill(index);
    this.#instances[index] = this.#start();
  }

  #start(): Instance {
    const world = this.#world;
    return new Instance({
      world,
      workers: this.#workers,
      defect: this.#defect,
      openJournal: () =>
        this.#kind === "memory"
          ? this.#memory = new RecordedJournal(
            world,
            this.#truth,
            this.#options,
          )
          : new SharedJournal({
            world,
            servers: this.#servers,
            defect: this.#defect,
            isFile: this.#kind === "file",
          }),
    });
  }

  /** Finds out what a journal in memory holds. */
  async #lookAtMemory(): Promise<void> {
    if (this.#kind !== "memory" || !this.#oracle.asksWhatIsHeld) return;
    this.#held = new Map([[this.#memory, await this.#memory.held(CHANNELS)]]);
  }

  /** The newest record of all. */
  get #head(): Node | undefined {
    return this.#kind === "memory"
      ? this.#memory.head
      : this.#servers.primary.store.head;
  }

  #isHeld(node: Node): boolean {
    if (this.#kind === "memory") {
      return this.#held.get(this.#memory)?.has(node.uid!) ?? false;
    }
    return this.#servers.all.every(({ store }) => store.isHeld(node));
  }
}

/** Runs one seed. */
export async function simulate(
  seed: number,
  { defect, isTraced = false }: { defect?: Defect; isTraced?: boolean } = {},
): Promise<Result> {
  using world = new World(seed, isTraced);
  return await new Simulation(world, defect).run();
}
