import {
  compareEventIds,
  type EventId,
  ORIGIN,
  placeOf,
} from "../../events/event_id.ts";
import { isPattern } from "../../events/pattern.ts";
import type { Epochs } from "../../journal/epochs.ts";
import {
  type Latest,
  type LatestQuery,
  type ReadAnswer,
  type ReadFrom,
  type ReadLimits,
  type ReadQuery,
  UnavailableError,
} from "../../journal/history.ts";
import type { Holdings } from "../../journal/holdings.ts";
import type {
  Entry,
  Journal,
  Published,
  TailBatch,
} from "../../journal/journal.ts";
import type { StoreEntry } from "../../journal/keyed_store.ts";
import { isNote } from "../../journal/note.ts";
import { isOurs, judge } from "../../journal/proof.ts";
import { readWithin } from "../../journal/reading.ts";
import type { Defect } from "./defects.ts";
import { Connection, type Server, type Servers } from "./servers.ts";
import type { Kept, SharedStore } from "./shared_store.ts";
import type { World } from "./world.ts";

/** How many records the tail brings at once. */
const TAIL_RECORDS = 4;
/** How long the tail waits for news, in ms. */
const TAIL_MS = 5_000;
/** How long until it is tried again to connect, in ms. */
const RETRY_MS = 50;

/** What a connection is for: the tail has one of its own, and may stand at another server for a while. */
type Use = "tail" | "calls";

/** How a journal works. */
export interface SharedJournalOptions {
  world: World;
  servers: Servers;
  defect: Defect | undefined;
  /** Whether each journal begins an epoch when it opens the store, as SQLite's does. */
  isFile: boolean;
}

/** A journal over servers that several instances share. Every question is a script that goes there and back. */
export class SharedJournal implements Journal {
  readonly #options: SharedJournalOptions;
  readonly #world: World;
  readonly #connections: Record<Use, Connection | undefined> = {
    tail: undefined,
    calls: undefined,
  };
  readonly #connecting: Record<Use, Promise<Connection> | undefined> = {
    tail: undefined,
    calls: undefined,
  };
  /** What a defect knows by heart: the epochs and the last id when it connected. */
  #copy: { epochs: Epochs; last: EventId } | undefined;
  #hasOpened = false;
  #isOpen = true;

  constructor(options: SharedJournalOptions) {
    this.#options = options;
    this.#world = options.world;
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(this.#connections.calls?.isOpen ?? false);
  }

  async append(entries: readonly Entry[]): Promise<EventId[]> {
    const { isFile, defect } = this.#options;
    const connection = await this.#connect();
    const ids = await connection.run((store, server) => {
      if (server.master) throw new UnavailableError("This is a replica");
      const isByConnecting = isFile ||
        defect === "an epoch begins on connecting" ||
        defect === "an epoch begins when a tail misses its id" ||
        defect === "there are no epochs";
      if (store.epochs.current === "") {
        throw new UnavailableError("There is no state");
      }
      const ids = store.append(
        entries,
        isByConnecting ? undefined : this.#lifeOf(server),
      );
      if (defect === "a key is forgotten at once") store.keys.clear();
      server.ring();
      return ids;
    });
    this.#letGo(connection);
    return ids;
  }

  /** Nobody asks here how many were appended. */
  publish(): Promise<Published> {
    return Promise.reject(new Error("Cannot count what is appended"));
  }

  async *tail(): AsyncGenerator<TailBatch> {
    let last: EventId | undefined;
    while (this.#isOpen) {
      try {
        const connection = await this.#connect("tail");
        const news = connection.server.news();
        const batch = await connection.run((store, server) =>
          this.#page(store, server, last)
        );
        if (!this.#isOpen) return;
        const isNews = last === undefined || batch.gap ||
          batch.records.length > 0;
        if (last === undefined) yield { records: [], last: batch.last };
        else if (isNews) yield batch;
        else await Promise.race([news, this.#world.delay(TAIL_MS)]);
        last = batch.last;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        await this.#world.delay(RETRY_MS);
      }
    }
  }

  async read(query: ReadQuery, limits: ReadLimits): Promise<ReadAnswer> {
    const connection = await this.#connect();
    const read = (store: SharedStore) => this.#read(store, query, limits);
    const answer = await connection.run(read);
    const isJudgedBefore =
      this.#options.defect === "a reading is judged before it is read";
    if (!isJudgedBefore || answer.kind !== "found") return answer;
    const later = await connection.run((store) =>
      this.#find(store, query, limits)
    );
    return { ...answer, ...later };
  }

  async latest(query: LatestQuery, limits: ReadLimits): Promise<Latest> {
    const connection = await this.#connect();
    return await connection.run((store) => {
      const kept = store.matching(query.channels).flatMap((name) =>
        store.readable([name]).filter(({ record }) =>
          compareEventIds(record.id, query.upTo) <= 0 && !isNote(record)
        ).slice(-query.count)
      ).filter(({ record }) => compareEventIds(record.id, query.after) > 0)
        .sort((a, b) => compareEventIds(a.record.id, b.record.id));
      const { records, isComplete } = readWithin(toRecords(kept), limits);
      return {
        events: records.filter((record) => !isNote(record)),
        isComplete,
      } as Latest;
    });
  }

  async changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]> {
    const connection = await this.#connect();
    return await connection.run((store) => {
      const known = this.#knowledge(store);
      const isTheirs = !isOurs(after, known) || !isOurs(upTo, known);
      if (isTheirs && this.#options.defect !== "a reading believes any end") {
        return channels;
      }
      const asked = this.#options.defect === "a skip is not told to patterns"
        ? channels.filter((name) => !isPattern(name))
        : channels;
      return asked.filter((name) =>
        compareEventIds(store.floorOf([name])?.place ?? ORIGIN, after) > 0 ||
        store.readable([name]).some(({ record }) =>
          compareEventIds(record.id, after) > 0
        )
      );
    });
  }

  async holdings(channels: readonly string[]): Promise<Holdings> {
    const connection = await this.#connect();
    return await connection.run((store) => ({
      position: store.last,
      channels: channels.map((name) => {
        const ids = store.readable([name]).filter(({ record }) =>
          !isNote(record)
        ).map(({ record }) => record.id);
        return { events: ids.length, first: ids[0], last: ids.at(-1) };
      }),
    }));
  }

  set(): Promise<boolean> {
    return Promise.resolve(false);
  }

  take(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  list(): Promise<readonly StoreEntry[]> {
    return Promise.resolve([]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    return Promise.resolve();
  }

  /** The next part of the tail. */
  #page(
    store: SharedStore,
    server: Server,
    last: EventId | undefined,
  ): TailBatch {
    const { defect } = this.#options;
    if (store.epochs.current === "") {
      this.#connections.tail = undefined;
      throw new UnavailableError("There is no state");
    }
    const end = { records: [], last: store.last };
    if (last === undefined) return end;
    const isKnown = this.#isKnown(store, last) ||
      defect === "a tail goes on wherever it is";
    if (!isKnown) {
      if (
        defect === "an epoch begins when a tail misses its id" && !server.master
      ) {
        store.begin(this.#lifeOf(server));
        return { records: [], last: store.last, gap: "reset" };
      }
      return { ...end, gap: "reset" };
    }
    if (compareEventIds(last, store.windowStart) < 0) {
      return defect === "a tail does not say what it skips"
        ? end
        : { ...end, gap: "skip" };
    }
    const records = toRecords(store.window)
      .filter(({ id }) => compareEventIds(id, last) > 0)
      .slice(0, TAIL_RECORDS);
    return { records, last: records.at(-1)?.id ?? last };
  }

  #read(
    store: SharedStore,
    query: ReadQuery,
    limits: ReadLimits,
  ): ReadAnswer {
    store.clock.see();
    const { channels, from, upTo } = query;
    const floor = this.#options.defect === "one complete channel is enough"
      ? channels.map((name) => store.floorOf([name]))
        .toSorted((a, b) =>
          compareEventIds(a?.place ?? ORIGIN, b?.place ?? ORIGIN)
        )[0]
      : store.floorOf(channels);
    const known = this.#knowledge(store);
    const isAnyEnd = this.#options.defect === "a reading believes any end";
    const bound = isAnyEnd ? placeOf(upTo) : upTo;
    const verdict = judge(
      { from, upTo: bound },
      { ...known, floor, clock: store.clock },
    );
    if (verdict.kind === "unknown" && from.kind === "after") {
      // Without epochs, an id counts as known between the floor and the end.
      const isInside = this.#options.defect === "there are no epochs" &&
        compareEventIds(from.id, floor?.place ?? ORIGIN) >= 0 &&
        compareEventIds(from.id, store.last) <= 0;
      if (!isInside) return verdict;
    } else if (verdict.kind !== "allowed") return verdict;
    const found = this.#find(store, query, limits);
    const unproved = "unproved" in verdict ? verdict.unproved : undefined;
    const place = floor?.place ?? ORIGIN;
    const [first] = found.records;
    if (
      from.kind === "since" && first && compareEventIds(first.id, place) <= 0
    ) {
      return { kind: "gone", floor: place };
    }
    return {
      kind: "found",
      ...found,
      ...(unproved !== undefined && { unproved }),
    };
  }

  /** Reads what a query asks for, whether or not it is all there was. */
  #find(
    store: SharedStore,
    { channels, from, upTo }: ReadQuery,
    limits: ReadLimits,
  ) {
    const kept = store.readable(channels).filter(({ record }) =>
      compareEventIds(record.id, upTo) <= 0
    );
    const rest = toRecords(kept.slice(startOf(store, kept, from)));
    return readWithin(rest, limits);
  }

  #isKnown(store: SharedStore, id: EventId): boolean {
    const { epochs, last } = this.#knowledge(store);
    return this.#options.defect === "there are no epochs"
      ? compareEventIds(id, store.last) <= 0
      : epochs.isKnown(id, last);
  }

  #knowledge(store: SharedStore): { epochs: Epochs; last: EventId } {
    return this.#options.defect === "an instance knows ids by its own copy"
      ? this.#copy!
      : store;
  }

  #lifeOf(server: Server): string {
    return this.#options.defect === "an epoch begins with a run of the server"
      ? server.run
      : server.replication;
  }

  async #connect(use: Use = "calls"): Promise<Connection> {
    // What has ended does nothing any more.
    if (!this.#isOpen) return await new Promise(() => {});
    const connection = this.#connections[use];
    if (connection?.isOpen) return connection;
    this.#connecting[use] ??= this.#open(use).finally(() => {
      this.#connecting[use] = undefined;
    });
    return await this.#connecting[use];
  }

  async #open(use: Use): Promise<Connection> {
    const { servers, defect, isFile } = this.#options;
    const server = this.#world.random.chance(0.9)
      ? servers.primary
      : servers.other;
    const connection = new Connection(this.#world, server);
    await connection.run((store, server) => {
      if (server.master) throw new UnavailableError("This is a replica");
      const isFirst = store.epochs.current === "";
      const isNew = isFile
        ? !this.#hasOpened
        : defect === "an epoch begins on connecting" &&
          store.life !== this.#lifeOf(server);
      if (isFirst || isNew) {
        store.begin(this.#lifeOf(server));
        server.ring();
      }
      this.#hasOpened = true;
      this.#copy = { epochs: store.epochs, last: store.last };
    });
    return this.#connections[use] = connection;
  }

  /** Lets go of what is too much, after an append. */
  async #letGo(connection: Connection): Promise<void> {
    try {
      while (
        await connection.run((store, server) =>
          !server.master && store.letGo(3)
        )
      );
    } catch (error) {
      // Another append will see to it.
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
}

function toRecords(kept: readonly Kept[]) {
  return kept.map(({ record }) => record);
}

function startOf(
  store: SharedStore,
  kept: readonly Kept[],
  from: ReadFrom,
): number {
  if (from.kind === "earliest") return 0;
  const index = kept.findIndex((one) =>
    from.kind === "since"
      ? store.countedMs(one) >= from.ms
      : compareEventIds(one.record.id, from.id) > 0
  );
  return index < 0 ? kept.length : index;
}
