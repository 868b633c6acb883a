import { type CommandParser, defineScript } from "@redis/client";
import type { EventId, Place } from "../../events/event_id.ts";
import { APPEND } from "./append_script.ts";
import { BEGIN } from "./begin_script.ts";
import { CHANGED } from "./changed_script.ts";
import { HOLDINGS, toHoldings } from "./holdings_script.ts";
import { LET_GO } from "./let_go_script.ts";
import { MATCH } from "./match_script.ts";
import { MOVE_PAGE, NEXT_PAGE } from "./migrate_scripts.ts";
import { PROBE } from "./probe_script.ts";
import { READ } from "./read_script.ts";
import { READ_NOTES, READ_TAIL } from "./tail_script.ts";
import { LIST_VALUES, SET_VALUE, TAKE_VALUE } from "./value_scripts.ts";

/** The answer to an append. */
export interface Appended {
  /** The first new id. The others follow it without a gap. */
  first: EventId;
  /** The ids that were known, each after the number of its entry, from 1 on. */
  known: string[];
  /** The channels of the oldest records, where all records together exceed their limit; else empty. */
  oldest: string[];
}

/** The answer to letting go. */
export interface LetGo {
  /** Where the next search for floors to forget begins. */
  cursor: string;
  /** The channels of the oldest records, where more has to go. */
  oldest: string[];
}

/** A page of records as Redis answers with it. */
export interface Page {
  kind: "found" | "gone" | "unknown";
  floor: Place;
  /** The place before which the page ends; nothing where it is complete. */
  cut: Place | undefined;
  /** Of some of the channels, by their index: heads and data in turn. */
  lists: { index: number; items: string[] }[];
}

/** The channels that patterns match. */
export interface Match {
  /** The last id of the store at that moment. */
  last: EventId;
  /** The floor of all channels then, with its time. */
  floor: string;
  /** Whether the end of the reading is known. */
  isKnown: boolean;
  names: string[];
}

/** A page of the window. */
export interface TailPage {
  kind: "none" | "joined" | "unknown" | "damaged" | "skip" | "found";
  /** The store's last id. */
  last: EventId;
  /** The running number and bytes up to where the page ends. */
  seq: string;
  sum: string;
  hasMore: boolean;
  /** Heads, channels and data in turn. */
  items: string[];
}

/** A page of the stream of format 1. */
export interface OldPage {
  /** Empty where there is no state. */
  format: string;
  /** The type of what the key holds. */
  type: string;
  cursor: string;
  /** The last id of the page; empty where there is no further entry. */
  last: string;
  channels: string[];
}

/** A journal's scripts. All keys are declared. The client sends a script in full only where Redis does not have it. */
export const SCRIPTS = {
  begin: define(BEGIN, (count: number): boolean => count === 1),
  append: define(APPEND, toAppended),
  letGo: define(
    LET_GO,
    ([cursor, oldest]: [string, string[]]): LetGo => ({ cursor, oldest }),
  ),
  read: define(READ, toPage),
  match: define(
    MATCH,
    (
      [last, floor, known, names]: [EventId, string, string, string[]],
    ): Match => ({ last, floor, isKnown: known === "known", names }),
  ),
  changed: define(CHANGED, (names: string[]) => names),
  holdings: define(HOLDINGS, toHoldings),
  readTail: define(READ_TAIL, toTailPage),
  readNotes: define(READ_NOTES, (items: string[]) => items),
  setValue: define(SET_VALUE, (isKept: number): boolean => isKept === 1),
  takeValue: define(TAKE_VALUE, (value: string | null) => value ?? undefined),
  listValues: define(LIST_VALUES, (items: string[]) => items),
  nextPage: define(
    NEXT_PAGE,
    (
      [format, type, cursor, last, channels]: [
        string,
        string,
        string,
        string,
        string[],
      ],
    ): OldPage => ({
      format,
      type,
      cursor,
      last,
      channels,
    }),
  ),
  movePage: define(MOVE_PAGE, (count: number): boolean => count === 1),
  probe: define(PROBE, (answer: string[]) => answer),
};

function toAppended(
  reply: EventId | [EventId, string[], string[]],
): Appended {
  const [first, oldest, known] = typeof reply === "string"
    ? [reply, [], []]
    : reply;
  return { first, oldest, known };
}

function toTailPage(
  [kind, last, seq, sum, more, ...items]: [
    TailPage["kind"],
    EventId,
    ...string[],
  ],
): TailPage {
  const page = { kind, last, seq: seq!, sum: sum! };
  return { ...page, hasMore: more === "more", items };
}

function toPage(
  [kind, floor, cut, ...rest]: [
    Page["kind"],
    Place?,
    string?,
    ...(string | string[])[],
  ],
): Page {
  const lists: Page["lists"] = [];
  for (let i = 0; i < rest.length; i += 2) {
    lists.push({ index: Number(rest[i]), items: rest[i + 1] as string[] });
  }
  return {
    kind,
    floor: floor ?? "0-0",
    cut: (cut || undefined) as Place | undefined,
    lists,
  };
}

function define<Raw, T>(script: string, transformReply: (reply: Raw) => T) {
  return defineScript({
    SCRIPT: script,
    parseCommand(
      parser: CommandParser,
      keys: readonly string[],
      args: readonly string[] = [],
    ) {
      parser.pushKeysLength([...keys]);
      // One by one: a batch has more arguments than one call takes.
      for (const arg of args) parser.push(arg);
    },
    transformReply: transformReply as unknown as (reply: Raw) => T,
  });
}
