import type { EventId } from "../../events/event_id.ts";
import type { Holding, Holdings } from "../holdings.ts";
import { HEADS, LOAD, NONE } from "./lua.ts";
import { idOf } from "./records.ts";

/**
 * Says what the lists of some channels hold, in one step. Answers with the last id given out, and for each list with its
 * number of events and the heads of the oldest and the newest one.
 */
export const HOLDINGS = `${HEADS}
local packed, maxAgeMs = redis.call('HGET', KEYS[1], 'hot'), tonumber(ARGV[1])
if not packed then return { err = '${NONE}' } end
${LOAD}
local answer = { string.format('%d-%d', ms, n) .. (epoch == '' and '' or '.' .. epoch) }
for i = 2, #KEYS do
  local list = { key = KEYS[i], heads = {}, count = redis.call('LLEN', KEYS[i]) }
  local stop = math.floor(list.count / 2)
  -- What an append wrote that did not come to its end is not there.
  if stop > 0 and isAfter(headAt(list, stop - 1).ms, headAt(list, stop - 1).n, ms, n) then
    stop = first(list, 0, stop - 1, function(head) return isAfter(head.ms, head.n, ms, n) end)
  end
  local start = 0
  local function isFresh(head) return counted(head.at) >= now - maxAgeMs end
  if stop > 0 and not isFresh(headAt(list, 0)) then start = first(list, 0, stop, isFresh) end
  while start < stop and headAt(list, start).isNote do start = start + 1 end
  while start < stop and headAt(list, stop - 1).isNote do stop = stop - 1 end
  if start < stop then
    answer[#answer + 1] = stop - start - headAt(list, stop - 1).notes + headAt(list, start).notes
    answer[#answer + 1] = redis.call('LINDEX', list.key, 2 * start)
    answer[#answer + 1] = redis.call('LINDEX', list.key, 2 * stop - 2)
  else
    for _ = 1, 3 do answer[#answer + 1] = '' end
  end
end
return answer`;

/** Reads the answer of {@linkcode HOLDINGS}. */
export function toHoldings(
  [position, ...rest]: [EventId, ...(string | number)[]],
): Holdings {
  const channels: Holding[] = [];
  for (let i = 0; i < rest.length; i += 3) {
    const [events, first, last] = rest.slice(i, i + 3);
    channels.push({
      events: Number(events),
      first: idOf(`${first}`),
      last: idOf(`${last}`),
    });
  }
  return { position, channels };
}
