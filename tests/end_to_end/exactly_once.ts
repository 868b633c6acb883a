import { assertEquals } from "@std/assert";
import { compareEventIds, type EventId } from "../../events/event_id.ts";
import { covers } from "../../events/pattern.ts";

/** How much to publish and read, and how often to cut streams. */
export interface Load {
  publishers: number;
  events: number;
  clients: number;
  channels: number;
  /** How long it may take, in ms. A lost event is waited for until then. */
  maxMs: number;
  /** How often each client is cut, at moments drawn from the seed. */
  cuts: number;
  seed: number;
}

/** Makes a generator of numbers in [0, 1), the same for the same seed: the one of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How many groups there are, each of which a pattern covers. */
const GROUPS = 5;
/** Of so many clients, one subscribes to a pattern, and one gets JSON. */
const OF_PATTERNS = 10;
const OF_JSON = 3;

function nameOf(index: number): string {
  return `g${index % GROUPS}.c${index}`;
}

/** Returns the ids that a channel holds at the end. */
export type Held = (channel: string) => Promise<readonly EventId[]>;

/**
 * Publishes one publisher's share in batches of 1 to 100, and notes the ids in the answers.
 *
 * @param mayBeCut Whether a batch may stay without an answer.
 */
async function publish(
  url: string,
  token: string,
  { events, channels, publishers }: Load,
  mayBeCut: boolean,
  random: () => number,
  noted: Map<string, EventId[]>,
): Promise<void> {
  for (let left = events / publishers; left > 0;) {
    const count = Math.min(left, 1 + Math.floor(random() * 100));
    const channel = nameOf(Math.floor(random() * channels));
    const line = JSON.stringify({ data: `${left} of ${channel}` }) + "\n";
    left -= count;
    try {
      const response = await fetch(`${url}sse/${channel}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/x-ndjson",
        },
        body: line.repeat(count),
      });
      const answer = await response.json();
      assertEquals(response.status, 201);
      for (const id of answer.ids) noted.get(channel)!.push(id);
    } catch (error) {
      if (!mayBeCut || !(error instanceof TypeError)) throw error;
    }
  }
}

/** A client that is cut, and comes back with the last complete id that it saw. */
class Reader {
  /** Names, or a pattern. */
  readonly channels: readonly string[];
  readonly seen: EventId[] = [];
  readonly statuses: string[] = [];
  /** Also of a status, as `EventSource` keeps it. */
  #lastId = "earliest";
  #wanted = Infinity;
  readonly #query: string;
  readonly #mayBeCut: boolean;
  #body?: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #isOver = false;

  /** @param mayBeCut Whether the server may cut it as well. */
  constructor(channels: readonly string[], query: string, mayBeCut: boolean) {
    this.channels = channels;
    this.#query = query;
    this.#mayBeCut = mayBeCut;
  }

  /** Reads from `urls` in turn, is cut after each of `cuts` events, and stops when all expected events have come. */
  async read(urls: readonly string[], cuts: readonly number[]): Promise<void> {
    let left = [...cuts];
    for (let turn = 0; !this.#isOver; turn++) {
      const until = left.shift() ?? Infinity;
      try {
        await this.#readOnce(urls[turn % urls.length]!, until);
      } catch (error) {
        if (!this.#mayBeCut || !(error instanceof TypeError)) throw error;
      }
      left = left.filter((at) => at > this.seen.length);
    }
  }

  /** Sets how many events to expect. */
  want(count: number): void {
    this.#wanted = count;
    // A client that has them all would wait for another one.
    if (this.seen.length >= count) this.stop();
  }

  /** Stops reading. */
  stop(): void {
    this.#isOver = true;
    // An `AbortSignal` is not enough: once the request is collected, it no longer reaches the response's body.
    // The server may have cut it already.
    this.#body?.cancel().catch(() => {});
  }

  async #readOnce(url: string, until: number): Promise<void> {
    const response = await fetch(`${url}sse/${this.channels}${this.#query}`, {
      headers: { "last-event-id": this.#lastId },
    });
    this.#body = response.body!.getReader();
    const decoder = new TextDecoder();
    let text = "";
    while (!this.#isOver && this.seen.length < until) {
      const { value, done } = await this.#body.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      // A frame may come in parts.
      const end = text.lastIndexOf("\n\n");
      if (end < 0) continue;
      this.#note(text.slice(0, end));
      text = text.slice(end + 2);
      if (this.seen.length >= this.#wanted) this.#isOver = true;
    }
    // Cuts the connection, wherever it is.
    await this.#body.cancel();
  }

  #note(frames: string): void {
    for (const frame of frames.split("\n\n")) {
      const id = /^id: (.*)$/m.exec(frame)?.[1] as EventId | undefined;
      const isStatus = /^event: status$/m.test(frame);
      if (id && !isStatus) this.seen.push(id);
      this.#lastId = id ?? this.#lastId;
      const state = /^data: \{"state":"(\w+)"/m.exec(frame)?.[1];
      const isWhole = state === "resumed" || state === "live";
      if (state && !isWhole) this.statuses.push(state);
    }
  }
}

/**
 * Publishes to clients that are cut at random moments, and asserts that each client gets every event of its channels
 * once and in order.
 *
 * @param urls The servers, which share a timeline. Publishers and clients are spread over them, and clients move.
 * @param held Given if connections may be lost: then only the journal knows whether a batch without an answer was kept.
 */
export async function assertExactlyOnce(
  urls: readonly string[],
  token: string,
  load: Load,
  held?: Held,
): Promise<void> {
  const mayBeCut = held !== undefined;
  const random = randomFrom(load.seed);
  const names = Array.from({ length: load.channels }, (_, i) => nameOf(i));
  const noted = new Map<string, EventId[]>(names.map((name) => [name, []]));
  const perChannel = load.events / load.channels;

  const readers = Array.from({ length: load.clients }, (_, i) => {
    const count = 1 + Math.floor(random() * 3);
    const channels = i % OF_PATTERNS === 0
      ? [`g${i / OF_PATTERNS % GROUPS}.*`]
      : names.toSorted(() => random() - 0.5).slice(0, count).sort();
    const query = i % OF_JSON === 0 ? "?format=json" : "";
    return new Reader(channels, query, mayBeCut);
  });
  const namesOf = ({ channels }: Reader) =>
    names.filter((name) => channels.some((asked) => covers(asked, name)));
  const deadline = setTimeout(() => {
    for (const reader of readers) reader.stop();
  }, load.maxMs);
  const reading = readers.map((reader, i) => {
    const total = perChannel * namesOf(reader).length;
    const cuts = Array.from(
      { length: load.cuts },
      () => Math.floor(random() * total),
    ).sort((a, b) => a - b);
    const own = urls.map((_, k) => urls[(i + k) % urls.length]!);
    return reader.read(own, cuts);
  });

  await Promise.all(
    Array.from(
      { length: load.publishers },
      (_, i) =>
        publish(
          urls[i % urls.length]!,
          token,
          load,
          mayBeCut,
          randomFrom(i),
          noted,
        ),
    ),
  );
  if (held) {
    for (const [name, told] of noted) {
      const all = new Set(await held(name));
      assertEquals(
        told.filter((id) => !all.has(id)),
        [],
        `${name} lost what was answered`,
      );
      noted.set(name, [...all]);
    }
  }
  const expected = readers.map((reader) =>
    namesOf(reader).flatMap((name) => noted.get(name)!).sort(compareEventIds)
  );
  for (const [i, reader] of readers.entries()) reader.want(expected[i]!.length);
  await Promise.all(reading);
  clearTimeout(deadline);

  for (const [i, { seen, statuses }] of readers.entries()) {
    // Compared by themselves first: a difference of 100,000 lines helps nobody.
    const at = seen.findIndex((id, k) => id !== expected[i]![k]);
    const around = (ids: readonly EventId[]) => ids.slice(at, at + 3);
    assertEquals(
      at < 0 ? [] : around(seen),
      at < 0 ? [] : around(expected[i]!),
      `Client ${i} differs at its event ${at}`,
    );
    assertEquals(
      seen.length,
      expected[i]!.length,
      `Client ${i} waited in vain`,
    );
    assertEquals(statuses, []);
  }
}
