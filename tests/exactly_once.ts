import { assertEquals } from "@std/assert";
import { compareEventIds, type EventId } from "../channels/event_id.ts";

/** How much is published and read, and how often streams are cut. */
export interface Load {
  publishers: number;
  events: number;
  clients: number;
  channels: number;
  /** How long it may take, in ms: an event that is lost is waited for in vain. */
  maxMs: number;
  /** Each client is cut this often, at moments drawn from the seed. */
  cuts: number;
  seed: number;
}

/** Numbers from 0 to below 1, the same for a seed: the generator of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Publishes its share in parts of one to a hundred, and notes the ids that it is told. */
async function publish(
  url: string,
  token: string,
  { events, channels, publishers }: Load,
  random: () => number,
  noted: Map<string, EventId[]>,
): Promise<void> {
  for (let left = events / publishers; left > 0;) {
    const count = Math.min(left, 1 + Math.floor(random() * 100));
    const channel = `c${Math.floor(random() * channels)}`;
    const line = JSON.stringify({ data: `${left} of ${channel}` }) + "\n";
    const response = await fetch(`${url}sse/${channel}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/x-ndjson",
      },
      body: line.repeat(count),
    });
    assertEquals(response.status, 201);
    const { ids } = await response.json();
    for (const id of ids) noted.get(channel)!.push(id);
    left -= count;
  }
}

/** A client that is cut and comes back with the last id that it saw whole. */
class Reader {
  readonly channels: readonly string[];
  readonly seen: EventId[] = [];
  readonly statuses: string[] = [];
  #wanted = Infinity;
  readonly #done = new AbortController();
  readonly #signal: AbortSignal;

  /** @param signal Ends the reading, however far it has come. */
  constructor(channels: readonly string[], signal: AbortSignal) {
    this.channels = channels;
    this.#signal = AbortSignal.any([signal, this.#done.signal]);
  }

  /** Reads on from `urls` in turn, cut after each of `cuts` events, until as many have come as are wanted. */
  async read(urls: readonly string[], cuts: readonly number[]): Promise<void> {
    let left = [...cuts];
    for (let turn = 0; this.seen.length < this.#wanted; turn++) {
      const url = urls[turn % urls.length]!;
      const until = left.shift() ?? Infinity;
      const response = await fetch(`${url}sse/${this.channels}`, {
        headers: { "last-event-id": this.seen.at(-1) ?? "earliest" },
        signal: this.#signal,
      });
      const decoder = new TextDecoder();
      let text = "";
      for await (const chunk of response.body!) {
        text += decoder.decode(chunk, { stream: true });
        const end = text.lastIndexOf("\n\n") + 2;
        this.#note(text.slice(0, end));
        text = text.slice(end);
        // To leave the loop cuts the connection, in the middle of whatever it carries.
        if (this.seen.length >= until || this.seen.length >= this.#wanted) {
          break;
        }
      }
      left = left.filter((at) => at > this.seen.length);
    }
  }

  /** Tells how many events there are in all. */
  want(count: number): void {
    this.#wanted = count;
    // A client that has them all waits for one that does not come.
    if (this.seen.length >= count) this.#done.abort();
  }

  #note(frames: string): void {
    for (const [, id] of frames.matchAll(/^id: (.*)$/gm)) {
      this.seen.push(id as EventId);
    }
    for (const [, state] of frames.matchAll(/^data: \{"state":"(\w+)"/gm)) {
      if (state !== "resumed") this.statuses.push(state!);
    }
  }
}

/**
 * Publishes under load to clients that are cut at random moments, and asserts that each ends up with every event of its
 * channels once and in order.
 *
 * @param urls The servers, all of one timeline: publishers and clients are spread over them, and clients move on.
 */
export async function assertExactlyOnce(
  urls: readonly string[],
  token: string,
  load: Load,
): Promise<void> {
  const random = randomFrom(load.seed);
  const names = Array.from({ length: load.channels }, (_, i) => `c${i}`);
  const noted = new Map<string, EventId[]>(names.map((name) => [name, []]));
  const perChannel = load.events / load.channels;

  const late = new AbortController();
  const deadline = setTimeout(() => late.abort(), load.maxMs);
  const readers = Array.from({ length: load.clients }, () => {
    const count = 1 + Math.floor(random() * 3);
    return new Reader(
      names.toSorted(() => random() - 0.5).slice(0, count).sort(),
      late.signal,
    );
  });
  const reading = readers.map((reader, i) => {
    const total = perChannel * reader.channels.length;
    const cuts = Array.from(
      { length: load.cuts },
      () => Math.floor(random() * total),
    ).sort((a, b) => a - b);
    const own = urls.map((_, k) => urls[(i + k) % urls.length]!);
    return reader.read(own, cuts).catch((error) => {
      if (!(error instanceof DOMException)) throw error;
    });
  });

  await Promise.all(
    Array.from(
      { length: load.publishers },
      (_, i) =>
        publish(urls[i % urls.length]!, token, load, randomFrom(i), noted),
    ),
  );
  const expected = readers.map(({ channels }) =>
    channels.flatMap((name) => noted.get(name)!).sort(compareEventIds)
  );
  for (const [i, reader] of readers.entries()) reader.want(expected[i]!.length);
  await Promise.all(reading);
  clearTimeout(deadline);

  for (const [i, { seen, statuses }] of readers.entries()) {
    // Told apart before they are compared: a difference of 100,000 lines helps nobody.
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
