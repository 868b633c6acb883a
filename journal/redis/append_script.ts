import type { Message } from "../../events/message.ts";
import type { Retention } from "../journal.ts";
import { ENSURE } from "./genesis.ts";

/** The refusal where the stream's next id would not be a safe integer: JavaScript cannot tell two such ids apart. */
export const UNSAFE_ID =
  `UNSAFEID the stream's next id would be beyond ${Number.MAX_SAFE_INTEGER}, as another writer's was: ` +
  "remove the stream, or that entry, and set the stream's last id back with XSETID";

// Redis does not undo a script: what it has written stays where a later command is refused. So a command that may be
// refused comes before the first message, or is `pcall`ed: once a message is appended, the script answers with its id.
// Redis refuses XADD, for want of memory or for being a replica, only to a script that has not written yet. So after
// the first message the others are taken, too.
//
// The newest entry is kept however old it is: a reader that has read up to it can then prove that nothing after it is
// missing. An id of 17 characters or less always holds safe integers.
/** Appends messages and removes what exceeds the retention. Called with {@linkcode appendArguments}. */
export const APPEND = `${ENSURE}
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

/**
 * The arguments of the script that appends.
 *
 * @param expires Whether to remove what is too old as well. What exceeds the count is always removed.
 */
export function appendArguments(
  messages: readonly Message[],
  { maxEvents, maxAgeMs }: Retention,
  expires: boolean,
): string[] {
  return [
    // One more than is kept: the oldest entry shows where the stream begins, and nothing proves what came before it.
    `${maxEvents + 1}`,
    expires ? `${maxAgeMs}` : "",
    ...messages.flatMap(({ channel, data, type }) => [
      channel,
      data,
      // The sign tells an empty type from none.
      type === undefined ? "" : `=${type}`,
    ]),
  ];
}
