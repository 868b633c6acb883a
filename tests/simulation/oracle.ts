import {
  compareEventIds,
  type EventId,
  ORIGIN,
} from "../../events/event_id.ts";
import type { DeliverFrom } from "../../hub/deliver_from.ts";
import type { Client, Received, Watcher } from "./client.ts";
import type { Thread } from "./instance.ts";
import {
  isAmong,
  isIn,
  newestOf,
  type Node,
  previousOf,
  type Truth,
  Violation,
} from "./truth.ts";
import type { World } from "./world.ts";

/** What a client may expect next. */
interface Expectation {
  /**
   * - `all`: every event of its channels after `after`
   * - `held`: what is held, up to and with `until`, then all
   * - `from`: every event after `until`, and perhaps some before it
   * - `some`: some up to and with `until`, in order, then all
   * - `any`: anything, as nothing was promised, then all after that
   */
  kind: "all" | "held" | "from" | "some" | "any";
  after?: Node | undefined;
  until?: Node | undefined;
  /** How many events it was told that it misses, and that have not been missed yet, up to and with `missedUntil`. */
  missed: number;
  missedUntil?: Node | undefined;
  /** How many events have come since the stream was opened. */
  count: number;
  /** Whether it has been told `resumed` or `reset` since then, where that is due. */
  isDue: boolean;
  /** What it may expect after a reset. */
  afterReset: "from" | "held" | "some";
  /** Whether it is not known how many of the events that it was told to miss came before its first one. */
  isVague?: boolean;
  /** What was let go before that time, in ms of the run, need not be brought. */
  sinceMs?: number;
}

/** What an oracle looks at. */
export interface Sight {
  /** Whether a record is held, and always was. */
  isHeld(node: Node): boolean;
  /** When the moment was that clients ask for, in ms of the run. */
  sinceMs(): number;
  /** Whether the clock was never set. */
  isClockRight(): boolean;
  note: World["note"];
}

/** How often clients were told what. */
export interface Told {
  events: number;
  live: number;
  resumed: number;
  reset: number;
  lagged: number;
}

/**
 * Watches over clients: who is told `resumed`, or goes on live, has every event of its channels after its id, once, in
 * order. Everybody else is told.
 */
export class Oracle implements Watcher {
  readonly told: Told = { events: 0, live: 0, resumed: 0, reset: 0, lagged: 0 };
  readonly #truth: Truth;
  readonly #sight: Sight;
  readonly #expectations = new Map<Client, Expectation>();
  /** Where the hub stood when an event was written, for each that is on its way. */
  readonly #written = new Map<Client, (Node | undefined)[]>();
  /** Up to where each client has seen everything that was promised. */
  readonly #seen = new Map<Client, Node>();

  constructor(truth: Truth, sight: Sight) {
    this.#truth = truth;
    this.#sight = sight;
  }

  /** Whether it depends on what is held what a client may expect. */
  get asksWhatIsHeld(): boolean {
    return [...this.#expectations.values()].some(({ kind }) => kind === "held");
  }

  /** Does something, and keeps what goes wrong. */
  watch(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#truth.violation ??= error;
    }
  }

  onOpen(client: Client, from: DeliverFrom, thread: Thread): void {
    this.#sight.note(() =>
      `${client.name} opens ${client.channels} ${
        JSON.stringify(from)
      }, the hub is at ${thread.hub.position.id}`
    );
    this.#written.set(client, []);
    const position = this.#positionOf(thread);
    const expect = (expectation: Partial<Expectation>) =>
      this.#expectations.set(client, {
        kind: "all",
        missed: 0,
        count: 0,
        isDue: true,
        afterReset: "from",
        ...expectation,
      });
    switch (from.kind) {
      case "after":
        expect({ after: this.#seen.get(client) });
        break;
      case "earliest":
        expect({ kind: "held" });
        break;
      case "since":
        expect({
          kind: "any",
          afterReset: "held",
          sinceMs: this.#sight.sinceMs(),
        });
        break;
      case "latest":
        expect({ kind: "some", afterReset: "some", isDue: false });
        break;
      default:
        expect({
          kind: position ? "from" : "any",
          until: position,
          isDue: false,
        });
    }
  }

  onWrite(client: Client, events: readonly Received[]): void {
    const position = this.#positionOf(client.thread!);
    this.#written.get(client)!.push(...events.map(() => position));
  }

  onReceive(client: Client, event: Received): void {
    this.#sight.note(() =>
      `${client.name} gets ${event.data} ${event.id ?? ""}`
    );
    const position = this.#written.get(client)!.shift();
    this.watch(() => {
      if (event.type === "status") this.#status(client, event, position);
      else this.#event(client, event, position);
    });
  }

  /** Says that every client should have everything of a timeline by now. */
  finish(clients: readonly Client[], head: Node | undefined): void {
    for (const client of clients) {
      const { channels, name } = client;
      const seen = this.#seen.get(client);
      const newest = newestOf(channels, head);
      const seenLast = newestOf(channels, seen);
      const { kind, until } = this.#expectations.get(client)!;
      const isExcused = kind === "from" && newest && until &&
        isIn(until, newest);
      if (seenLast !== newest && !isExcused) {
        throw new Violation(
          `${name} has not got the last event: ${show(seenLast)} instead of ${
            show(newest)
          }`,
        );
      }
      if (this.#expectations.get(client)!.isDue) {
        throw new Violation(`${name} was not told what became of its past`);
      }
    }
  }

  #status(
    client: Client,
    { data, id }: Received,
    position: Node | undefined,
  ): void {
    const status: { state: string; replayed?: number; missed?: number } = JSON
      .parse(data);
    const expectation = this.#expectations.get(client)!;
    const hasPlace = ["live", "resumed", "reset"].includes(status.state);
    if (hasPlace !== (id !== undefined)) {
      throw new Violation(`${client.name} was told ${data} with the id ${id}`);
    }
    switch (status.state) {
      case "live":
        this.told.live++;
        break;
      case "resumed":
        this.told.resumed++;
        expectation.isDue = false;
        if (expectation.kind === "held") {
          expectation.until = position && this.#truth.newestAfter(position);
        }
        this.#checkMoment(client, expectation, position);
        if (status.replayed !== expectation.count) {
          throw new Violation(
            `${client.name} was told ${status.replayed} events, and got ${expectation.count}`,
          );
        }
        break;
      case "reset":
        this.told.reset++;
        expectation.isDue = false;
        this.#begin(expectation, position);
        this.#seen.delete(client);
        break;
      case "lagged":
        this.told.lagged++;
        expectation.missed += status.missed ?? Infinity;
        expectation.missedUntil = position;
    }
    if (id) this.#place(client, id, status.state, position);
  }

  /** A client was told where its stream is. From there on it may expect everything. */
  #place(
    client: Client,
    id: EventId,
    state: string,
    position: Node | undefined,
  ): void {
    const { channels, name, lastId } = client;
    const expectation = this.#expectations.get(client)!;
    if (state !== "reset" && lastId && compareEventIds(id, lastId) < 0) {
      throw new Violation(`${name} was told ${id}, which is before ${lastId}`);
    }
    let node = this.#truth.find(id) ?? position;
    while (node?.id && compareEventIds(node.id, id) > 0) node = node.parent;
    if (!node) return;
    this.#seen.set(client, node);
    if (state === "reset") return;
    const { kind, after, until, missed } = expectation;
    const begin = kind === "all" ? after : kind === "from" ? until : undefined;
    const last = newestOf(channels, node);
    const isMissed = begin && missed === 0 && last &&
      last.depth > begin.depth;
    if (isMissed) {
      throw new Violation(
        `${name} was told ${state} at ${id} without ${show(last)}`,
      );
    }
    if (kind === "held") return;
    expectation.kind = "all";
    expectation.after = node;
  }

  /** Expects that a client which asked for a moment has got everything from then on. */
  #checkMoment(
    { channels, name }: Client,
    { sinceMs, count }: Expectation,
    position: Node | undefined,
  ): void {
    if (sinceMs === undefined || !this.#sight.isClockRight()) return;
    let [came, first] = [0, position];
    for (let at = position; at; at = at.parent) {
      first = at;
      // Clocks tell whole ms.
      const isDue = at.uid && isAmong(channels, at) &&
        at.atMs > sinceMs + 1;
      if (isDue) came++;
    }
    if (came > count) {
      throw new Violation(`${name} got ${count} events of ${came}`);
    }
    if (first && first.atMs > sinceMs) {
      throw new Violation(
        `${name} was told of a moment before ${first.id}, with which the store began`,
      );
    }
  }

  /** A client was told that it cannot have everything, and goes on. */
  #begin(expectation: Expectation, position: Node | undefined): void {
    const { afterReset: kind } = expectation;
    const isPart = kind !== "from";
    expectation.kind = isPart || position ? kind : "any";
    expectation.until = isPart ? undefined : position;
    expectation.after = undefined;
    expectation.missed = 0;
    // What is kept comes once.
    if (kind === "held") expectation.afterReset = "from";
  }

  #event(
    client: Client,
    { data, id, channel }: Received,
    position: Node | undefined,
  ): void {
    this.told.events++;
    const node = this.#truth.event(data, id!);
    if (channel !== undefined && channel !== node.channel) {
      throw new Violation(`${client.name} got ${data} as of ${channel}`);
    }
    const expectation = this.#expectations.get(client)!;
    const isPart = expectation.kind === "held" || expectation.kind === "some";
    // What it gets was read before it was written.
    if (isPart) {
      // What is held is not proved up to a floor, which may lie after where the hub stands.
      expectation.until ??= expectation.kind === "held"
        ? this.#truth.newestAfter(node)
        : position;
      expectation.isVague = true;
    }
    this.#check(client, expectation, node);
    expectation.count++;
    expectation.after = node;
    this.#spendMissed(client, expectation, node);
    const { kind, until } = expectation;
    const isOver = kind !== "held" && kind !== "some" ||
      hasReached(node, until);
    if (isOver) expectation.kind = "all";
    this.#seen.set(client, node);
  }

  #check(client: Client, expectation: Expectation, node: Node): void {
    const { kind, after, missed } = expectation;
    const { channels, name } = client;
    if (!isAmong(channels, node)) {
      throw new Violation(`${name} got an event of ${node.channel}`);
    }
    if (kind === "any") {
      expectation.isVague = true;
      return;
    }
    // The newest are shown as they are found.
    if (kind === "some" && !hasReached(node, expectation.until)) return;
    if (kind === "from" || kind === "some") {
      this.#checkFrom(client, expectation, node);
      return;
    }
    const last = newestOf(channels, after);
    const mayBeGone = (one: Node) =>
      one.isGone && expectation.sinceMs !== undefined &&
      (one.atMs < expectation.sinceMs || !this.#sight.isClockRight());
    const skipped: Node[] = [];
    let at = previousOf(channels, node);
    while (at && at.depth > (last?.depth ?? 0)) {
      if (!mayBeGone(at)) skipped.push(at);
      at = previousOf(channels, at);
    }
    if (at !== last && !(kind === "held" && !last)) {
      throw new Violation(
        `${name} went on with ${show(node)} after ${
          show(last)
        }, which is not in its timeline`,
      );
    }
    if (kind === "held") {
      const held = skipped.filter((one) => this.#sight.isHeld(one));
      if (held.length <= missed) return;
      throw new Violation(`${name} did not get ${held.map(show)}`);
    }
    // What is let go while it is read is told right after it.
    const isTold = skipped.length <= missed ||
      isSaidUntil(expectation.missedUntil, node);
    if (!isTold) {
      throw new Violation(
        `${name} missed ${skipped.map(show)} before ${show(node)}, after ${
          show(last)
        }, and was told of ${missed}`,
      );
    }
    expectation.missed -= skipped.length;
  }

  /** Expects that what a client was told to miss was missed by now. */
  #spendMissed(
    { name }: Client,
    expectation: Expectation,
    { depth }: Node,
  ): void {
    const { missed, missedUntil } = expectation;
    if (missedUntil && depth <= missedUntil.depth) return;
    expectation.missed = 0;
    expectation.missedUntil = undefined;
    if (missed < 0) {
      throw new Violation(`${name} was not told of ${-missed} that it missed`);
    }
    if (missed > 0 && Number.isFinite(missed) && !expectation.isVague) {
      throw new Violation(`${name} was told of ${missed} more than it missed`);
    }
  }

  /** Expects that nothing is left out between where a stream begins and its first event. */
  #checkFrom(
    { channels, name }: Client,
    expectation: Expectation,
    node: Node,
  ): void {
    const begin = expectation.until!;
    const [newer, older] = node.depth > begin.depth
      ? [node, begin]
      : [begin, node];
    if (!isIn(newer, older)) {
      throw new Violation(`${name} went on with ${show(node)} elsewhere`);
    }
    for (
      let at = previousOf(channels, node);
      at && at.depth > begin.depth;
      at = previousOf(channels, at)
    ) {
      expectation.missed--;
      const { missed, missedUntil } = expectation;
      if (missed >= 0 || isSaidUntil(missedUntil, node)) continue;
      throw new Violation(`${name} missed ${show(at)} after ${show(begin)}`);
    }
    expectation.isVague = true;
  }

  #positionOf({ hub }: Thread): Node | undefined {
    const id: EventId = hub.position.id;
    return id === ORIGIN ? undefined : this.#truth.find(id);
  }
}

/** Whether a record is of what a client was told to miss a part of. */
function isSaidUntil(until: Node | undefined, { depth }: Node): boolean {
  return until !== undefined && depth <= until.depth;
}

/** Whether a record came after another one in the same timeline, or is that one. */
function hasReached(node: Node, other: Node | undefined): boolean {
  return other !== undefined && isIn(node, other);
}

function show(node: Node | undefined): string {
  return node ? `${node.uid ?? "a note"} (${node.id})` : "nothing";
}
