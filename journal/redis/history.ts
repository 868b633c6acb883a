import {
  compareEventIds,
  type EventId,
  ORIGIN,
  type Place,
} from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { isPattern } from "../../events/pattern.ts";
import { tooManyError } from "../asked.ts";
import type {
  History,
  Latest,
  LatestQuery,
  ReadAnswer,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { Holdings } from "../holdings.ts";
import { isNote, type TimelineRecord } from "../note.ts";
import { lookUpCount, readWithin } from "../reading.ts";
import { Questions, type QuestionsOptions } from "./questions.ts";
import { readParts } from "./read_parts.ts";
import type { RecordReader } from "./records.ts";
import { findScope } from "./scope.ts";

/** Dependencies of a {@linkcode RedisHistory}. */
export interface RedisHistoryOptions extends QuestionsOptions {
  reader: RecordReader;
}

/** Reads records from the lists of their channels. */
export class RedisHistory implements History {
  readonly #questions: Questions;
  readonly #reader: RecordReader;

  constructor({ reader, ...options }: RedisHistoryOptions) {
    this.#questions = new Questions(options);
    this.#reader = reader;
  }

  async read(
    { channels, from, upTo }: ReadQuery,
    limits: ReadLimits,
  ): Promise<ReadAnswer> {
    const scope = await findScope(channels, upTo, this.#questions);
    if (!scope?.isKnown) return { kind: "unknown" };
    const records: TimelineRecord[] = [];
    const maxCount = lookUpCount(limits);
    let next = from;
    let found: { unproved?: Place } = {};
    while (true) {
      const page = await readParts(
        scope,
        {
          kind: next.kind,
          from: next.kind === "after"
            ? next.id
            : next.kind === "since"
            ? next.ms
            : ORIGIN,
          unproved: next.kind === "after" ? next.unproved ?? ORIGIN : ORIGIN,
          ...{ maxCount, newest: 0 },
        },
        this.#questions,
        this.#reader,
      );
      if (page.kind !== "found") {
        // What has been read is complete up to its end. The next reading finds the rest gone.
        if (records.length > 0) {
          return { kind: "found", records, isComplete: false, ...found };
        }
        return page.kind === "gone"
          ? { kind: "gone", floor: page.floor }
          : { kind: "unknown" };
      }
      if (next.kind === "earliest") found = { unproved: page.floor };
      records.push(...page.records);
      const taken = readWithin(records, limits);
      if (!taken.isComplete || !page.cut) {
        return { kind: "found", ...taken, ...found };
      }
      const unproved = next.kind === "after" ? next.unproved : found.unproved;
      next = { kind: "after", id: page.cut, unproved };
    }
  }

  async latest(query: LatestQuery, limits: ReadLimits): Promise<Latest> {
    const { channels, count, upTo } = query;
    const scope = await findScope(channels, upTo, this.#questions);
    if (!scope) throw tooManyError();
    const maxCount = lookUpCount(limits);
    const events: ChannelEvent[] = [];
    let { after } = query;
    while (true) {
      const page = await readParts(
        scope,
        {
          ...{ kind: "latest", from: after, unproved: ORIGIN },
          ...{ maxCount, newest: count },
        },
        this.#questions,
        this.#reader,
      );
      events.push(...page.records.filter(isEvent));
      const taken = readWithin(events, limits);
      if (!taken.isComplete || !page.cut) {
        return { events: taken.records, isComplete: taken.isComplete };
      }
      after = page.cut;
    }
  }

  async changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]> {
    // No channel has a pattern's name, so a pattern is among these only where nothing can be told of any channel.
    const changed = new Set(
      await this.#questions.changed(channels, after, upTo),
    );
    for (const asked of channels) {
      const isOpen = isPattern(asked) && !changed.has(asked);
      if (isOpen && await this.#hasChanged(asked, after, upTo)) {
        changed.add(asked);
      }
    }
    return [...changed];
  }

  /** See {@linkcode Journal.holdings}. */
  holdings(channels: readonly string[]): Promise<Holdings> {
    return this.#questions.holdings(channels);
  }

  async #hasChanged(
    pattern: string,
    after: EventId,
    upTo: EventId,
  ): Promise<boolean> {
    const scope = await findScope([pattern], upTo, this.#questions);
    if (!scope) return true;
    const [floor] = scope.floor.split(" ");
    if (compareEventIds(floor as Place, after) > 0) return true;
    for (const part of scope.parts) {
      const changed = await this.#questions.changed(part, after, upTo);
      if (changed.length > 0) return true;
    }
    return false;
  }
}

function isEvent(record: TimelineRecord): record is ChannelEvent {
  return !isNote(record);
}
