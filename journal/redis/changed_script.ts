import { FLOORS, HEADS, KNOWN, LOAD } from "./lua.ts";

/** Finds the channels that may have had records after an id. */
export const CHANGED = `${HEADS}
local state, floors, oldest = unpack(KEYS, 1, 3)
local a, b, name = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local upToMs, upToN, upToName = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local names = { unpack(ARGV, 7) }
local stored = redis.call('HMGET', state, 'hot', 'floor', 'epochs')
local packed = stored[1]
if not packed then return names end
${LOAD}
${FLOORS}
${KNOWN}
raiseTo(stored[2])
if not isOurs(stored[3], upToMs, upToN, upToName) then return names end
if not isOurs(stored[3], a, b, name) or isAfter(floor.ms, floor.n, a, b) then return names end
local alone = #names > 0 and redis.call('HMGET', floors, unpack(names)) or {}
local changed = {}
for i, name in ipairs(names) do
  local head = redis.call('LINDEX', KEYS[3 + i], -2)
  local isChanged
  if head then
    head = parse(head)
    isChanged = isAfter(head.ms, head.n, a, b)
  else
    isChanged = redis.call('ZSCORE', oldest, name)
  end
  if not isChanged and alone[i] then
    local fms, fn = alone[i]:match('^(%d+)%-(%d+)')
    isChanged = isAfter(tonumber(fms), tonumber(fn), a, b)
  end
  if isChanged then changed[#changed + 1] = name end
end
return changed`;
