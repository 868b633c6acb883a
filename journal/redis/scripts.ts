import { createHash } from "node:crypto";
import { isEventId } from "../../events/event_id.ts";
import type { Retention } from "../journal.ts";
import type { Message } from "../../events/message.ts";
import type { Command, Reply, Send } from "./connection.ts";
import { RedisError, refusal } from "./error.ts";

/**
 * The field by which the first entry of a stream that was not there is known. A timeline so begins with an entry of its
 * own: whoever meets it knows that what was there before is gone.
 */
export const GENESIS = "genesis";

/** Begins a timeline where there is none. */
const ENSURE = `
local key = KEYS[1]
local function first(command, from, to)
  return redis.call(command, key, from, to, 'COUNT', 1)[1] or {}
end
if redis.call('XLEN', key) == 0 then
  redis.call('XADD', key, '*', '${GENESIS}', '1')
end`;

const BOUNDS = `${ENSURE}
return { first('XRANGE', '-', '+')[1], first('XREVRANGE', '+', '-')[1] }`;

/** Returns its number of entries, and none of what may be large in them. */
const HOLDS = `return #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])`;

const REJOIN = `${ENSURE}
local last, joined = ARGV[1], ARGV[2]
local oldest = first('XRANGE', '-', '+')
local isNew = oldest[2][1] == '${GENESIS}'
  and first('XRANGE', '(' .. joined, '+')[1] == oldest[1]
return isNew and oldest[1] or first('XREVRANGE', last, '-')[1] or oldest[1]`;

/** What is said where the next id would be none that JavaScript counts up to: two such ids may look the same. */
const UNSAFE_ID =
  `UNSAFEID the stream's next id would be beyond ${Number.MAX_SAFE_INTEGER}, as another writer's was: ` +
  "remove the stream, or that entry, and set the stream's last id back with XSETID";

/** The last that Redis counts up to within a millisecond; then it goes on with the next. */
const MAX_N = "18446744073709551615";

// A script is no transaction: what it has written stays where a later command is refused. So what can be refused comes
// before the first message, or is `pcall`ed: one that is appended is answered as such. Redis refuses XADD, for want of
// memory or for being a replica, only to a script that has not written yet; the second message is taken like the first.
//
// The newest entry outlives its age, so that whoever has read up to it can tell that nothing is missing after it. An id
// so short holds safe numbers only.
const APPEND = `${ENSURE}
local maxEvents, maxAgeMs = ARGV[1], tonumber(ARGV[2])
local minimum
if maxAgeMs then
  local time = redis.call('TIME')
  local oldestMs = time[1] * 1000 + math.floor(time[2] / 1000) - maxAgeMs
  local newest = first('XREVRANGE', '+', '-')[1]
  if newest and oldestMs > 0 then
    local isKept = tonumber(newest:match('^%d+')) >= oldestMs
    minimum = isKept and string.format('%.0f', oldestMs) or newest
  end
end
local ids = {}
for i = 3, #ARGV, 3 do
  local channel, data, type = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local id = type == ''
    and redis.call('XADD', key, '*', 'channel', channel, 'data', data)
    or redis.call('XADD', key, '*', 'channel', channel, 'data', data, 'type', type:sub(2))
  if i == 3 and #id > 17 then
    local ms, n = id:match('(%d+)-(%d+)')
    if tonumber(ms) > ${Number.MAX_SAFE_INTEGER}
      or tonumber(n) + (#ARGV - 5) / 3 > ${Number.MAX_SAFE_INTEGER} then
      redis.pcall('XDEL', key, id)
      return { err = ${JSON.stringify(UNSAFE_ID)} }
    end
  end
  ids[#ids + 1] = id
end
if #ids > 0 then redis.pcall('XTRIM', key, 'MAXLEN', '~', maxEvents) end
if minimum then redis.pcall('XTRIM', key, 'MINID', '=', minimum) end
return ids`;
const APPEND_SHA = createHash("sha1").update(APPEND).digest("hex");

/** Answers with the ids of the first and the last entry; there always are some. */
export function boundsCommand(key: string): Command {
  return ["EVAL", BOUNDS, "1", key];
}

/** Answers with 1 where the entry is in the stream, else with 0. */
export function holdsCommand(key: string, id: string): Command {
  return ["EVAL", HOLDS, "1", key, id];
}

/**
 * Answers with the id behind which to go on, where the last one read is no longer in the stream: the beginning of a new
 * timeline, else the newest entry that was read or is older, else the oldest there is.
 *
 * @param joined Where the reader joined its timeline. One that begins behind it is new.
 */
export function rejoinCommand(
  key: string,
  last: string,
  joined: string,
): Command {
  return ["EVAL", REJOIN, "1", key, last, joined];
}

/**
 * What keeps anything from being appended to a stream with this last id.
 *
 * @param lastId Empty where there is no stream.
 * @param nowMs Redis's time, in ms since the epoch.
 */
export function unsafeIdError(
  lastId: string,
  nowMs: number,
): RedisError | undefined {
  if (lastId === "") return undefined;
  const [ms, n] = lastId.split("-") as [string, string];
  const isSafe = Number(ms) < nowMs ||
    isEventId(n === MAX_N ? `${Number(ms) + 1}-0` : `${ms}-${Number(n) + 1}`);
  return isSafe ? undefined : refusal(UNSAFE_ID);
}

/** Has the script of {@linkcode append} at hand. */
export const LOAD_COMMAND: Command = ["SCRIPT", "LOAD", APPEND];

/**
 * Appends the messages, all or none, lets go of what exceeds the retention, and resolves with the ids.
 *
 * @param expires Whether to let go also of what is too old. The count is always seen to.
 */
export async function append(
  send: Send,
  key: string,
  messages: readonly Message[],
  { maxEvents, maxAgeMs }: Retention,
  expires: boolean,
): Promise<Reply> {
  const args = [
    "1",
    key,
    // The oldest entry tells where the stream begins, and cannot itself be proved to follow what was read.
    `${maxEvents + 1}`,
    expires ? `${maxAgeMs}` : "",
    ...messages.flatMap(({ channel, data, type }) => [
      channel,
      data,
      // Tells a type from none, however short.
      type === undefined ? "" : `=${type}`,
    ]),
  ];
  try {
    const [ids] = await send(["EVALSHA", APPEND_SHA, ...args]);
    return ids!;
  } catch (error) {
    if (!(error instanceof RedisError) || error.code !== "NOSCRIPT") {
      throw error;
    }
    const [ids] = await send(["EVAL", APPEND, ...args]);
    return ids!;
  }
}
