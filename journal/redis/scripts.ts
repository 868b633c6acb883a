import { type CommandParser, defineScript } from "@redis/client";
import type { EventId } from "../../events/event_id.ts";
import { APPEND } from "./append_script.ts";
import { ENSURE, GENESIS } from "./genesis.ts";

/** The ids at both ends of a stream. */
export interface Bounds {
  oldest: EventId;
  newest: EventId;
}

const BOUNDS = `${ENSURE}
return { first('XRANGE', '-', '+')[1], first('XREVRANGE', '+', '-')[1] }`;

/** Returns the number of entries, and not the entry, which may be large. */
const HOLDS = `return #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])`;

const REJOIN = `${ENSURE}
local last, joined = ARGV[1], ARGV[2]
local oldest = first('XRANGE', '-', '+')
local isNew = oldest[2][1] == '${GENESIS}'
  and first('XRANGE', '(' .. joined, '+')[1] == oldest[1]
return isNew and oldest[1] or first('XREVRANGE', last, '-')[1] or oldest[1]`;

/** A journal's scripts. Each takes the stream's key. The client sends one in full only where Redis does not have it. */
export const SCRIPTS = {
  /** Begins a timeline where there is none, and answers with its bounds. */
  bounds: defineScript({
    SCRIPT: BOUNDS,
    NUMBER_OF_KEYS: 1,
    parseCommand: parse,
    transformReply: ([oldest, newest]: [EventId, EventId]): Bounds => ({
      oldest,
      newest,
    }),
  }),

  /** Answers whether the stream holds the entry with an id. */
  holds: defineScript({
    SCRIPT: HOLDS,
    NUMBER_OF_KEYS: 1,
    parseCommand: (parser: CommandParser, key: string, id: EventId) =>
      parse(parser, key, id),
    transformReply: (count: number): boolean => count > 0,
  }),

  /**
   * For a tail whose last entry is no longer in the stream: answers with the id after which to go on. That is the
   * beginning of a new timeline, else the newest entry that was read or is older, else the oldest entry.
   *
   * `joined` is where the tail joined its timeline. A timeline that begins after that is new.
   */
  rejoin: defineScript({
    SCRIPT: REJOIN,
    NUMBER_OF_KEYS: 1,
    parseCommand: (
      parser: CommandParser,
      key: string,
      last: EventId,
      joined: EventId,
    ) => parse(parser, key, last, joined),
    transformReply: (id: EventId): EventId => id,
  }),

  /** Appends messages, all or none, and answers with their ids. See `appendArguments`. */
  append: defineScript({
    SCRIPT: APPEND,
    NUMBER_OF_KEYS: 1,
    parseCommand: (
      parser: CommandParser,
      key: string,
      args: readonly string[],
    ) => parse(parser, key, ...args),
    transformReply: (ids: EventId[]): EventId[] => ids,
  }),
};

function parse(parser: CommandParser, key: string, ...args: string[]): void {
  parser.pushKey(key);
  parser.push(...args);
}
