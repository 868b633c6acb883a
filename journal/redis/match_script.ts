import { FLOORS, HEADS, KNOWN, LOAD } from "./lua.ts";

/**
 * Finds the channels whose names lie in some ranges. Answers with the last id and the floor of all channels, with whether
 * the end of the reading is known, and with the names, one more than may be asked for where there are more.
 */
export const MATCH = `${HEADS}
local state, oldest, names = unpack(KEYS, 1, 3)
local upToMs, upToN, upToName, left = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local stored = redis.call('HMGET', state, 'hot', 'floor', 'epochs')
local packed = stored[1]
if not packed then return { '0-0', '0-0 0', '', {} } end
${LOAD}
${FLOORS}
${KNOWN}
raiseTo(stored[2])
if redis.call('ZCARD', names) < redis.call('ZCARD', oldest) then
  -- Redis has lost the names.
  raise(ms, n, now)
end
local found = {}
for i = 5, #ARGV, 2 do
  local part = redis.call('ZRANGE', names, ARGV[i], ARGV[i + 1], 'BYLEX', 'LIMIT', 0, left)
  for _, name in ipairs(part) do found[#found + 1] = name end
  left = left - #part
end
local isKnown = isOurs(stored[3], upToMs, upToN, upToName) and 'known' or ''
local last = string.format('%d-%d%s', ms, n, epoch == '' and '' or '.' .. epoch)
return { last, floorText(), isKnown, found }`;
