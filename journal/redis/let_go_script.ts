import { CHANNEL_OVERHEAD, FLOORS, HEADS, LOAD, SAVE } from "./lua.ts";

/** How many records are let go at once, at most: Redis does nothing else meanwhile. */
const MAX_RECORDS = 1_000;

/** Brings the clock and the window up to date. */
const BEGIN = `
local state, oldest, names, floors, window, values, publications = unpack(KEYS, 1, 7)
local maxBytes, lowBytes, maxAgeMs, keyLifetimeMs, cursor, isDamaged =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6] == 'damaged'
local stored = redis.call('HMGET', state, 'hot', 'floor', 'epochs')
local packed = stored[1]
if not packed then return { '0', {} } end
${LOAD}
${FLOORS}
raiseTo(stored[2])
if isDamaged or redis.call('XLEN', window) ~= seq - wseq then
  -- Another has removed or added something. Whatever it was, tails can read what they miss by channel.
  redis.call('DEL', window)
  wms, wn, wseq, wsum, bseq, bsum = ms, n, seq, sum, seq, sum
  redis.call('HSET', state, 'blocks', '')
end
local keys = {}
for i = 7, #ARGV do keys[ARGV[i]] = KEYS[1 + i] end`;

// Strictly the oldest of all first, so one floor tells of them all. It is raised before anything goes.
/** Lets go of what is too old and of what is too much, as far as the channels were declared. */
const LOOP = `
local goal = bytes + sum - wsum > maxBytes and lowBytes or maxBytes
local left, waits = ${MAX_RECORDS}, '0'
while true do
  local pair = redis.call('ZRANGE', oldest, 0, 1, 'WITHSCORES')
  if #pair == 0 then
    bytes = 0
    break
  end
  local name, nextSeq = pair[1], tonumber(pair[4] or 'inf')
  local list = { key = keys[name], heads = {} }
  if not list.key or left == 0 then
    waits = '1'
    break
  end
  list.count = redis.call('LLEN', list.key)
  if list.count == 0 then
    -- Redis has lost the list. The name stays as long as the floor: a pattern has to find it.
    redis.call('HSET', floors, name, string.format('%d-%d %d', ms, n, now))
    redis.call('ZREM', oldest, name)
    bytes = math.max(0, bytes - ${CHANNEL_OVERHEAD})
  else
    local base = headAt(list, 0).total - headAt(list, 0).size
    local length = math.floor(list.count / 2)
    local function stays(head)
      local isTooMuch = bytes + sum - wsum - (head.total - head.size - base) > goal
      return head.seq > nextSeq or head.seq > seq
        or not isTooMuch and counted(head.at) >= now - maxAgeMs
    end
    -- Doubled from the beginning on: most often the next record of all is another channel's.
    local low, high, most = 0, 1, math.min(left, length)
    if stays(headAt(list, 0)) then break end
    while high < most and not stays(headAt(list, high)) do
      low, high = high + 1, 2 * high + 1
    end
    local gone = first(list, low, math.min(high, most), stays)
    local last = headAt(list, gone - 1)
    raise(last.ms, last.n, last.at)
    redis.call('HSET', state, 'floor', floorText())
    redis.call('LTRIM', list.key, 2 * gone, -1)
    redis.call('HDEL', floors, name)
    bytes = bytes - (last.total - base)
    if gone == length then
      redis.call('ZREM', oldest, name)
      redis.call('ZREM', names, name)
      bytes = bytes - ${CHANNEL_OVERHEAD}
    else
      redis.call('ZADD', oldest, headAt(list, gone).seq, name)
    end
    left = left - gone
  end
end`;

/** Forgets what nothing can be proved with any more. */
const FORGET = `
local epochs = stored[3]
while true do
  local ems, en = epochs:match('^ %w*=%d+%-%d+ %w*=(%d+)%-(%d+) ')
  if not ems or not isAfter(floor.ms, floor.n, tonumber(ems), tonumber(en)) then break end
  epochs = epochs:gsub('^ %S+', '', 1)
end
if epochs ~= stored[3] then redis.call('HSET', state, 'epochs', epochs) end
local page = redis.call('HSCAN', floors, cursor, 'COUNT', 50)
for i = 1, #page[2], 2 do
  local fms, fn = page[2][i + 1]:match('^(%d+)%-(%d+)')
  if not isAfter(tonumber(fms), tonumber(fn), floor.ms, floor.n) then
    redis.call('HDEL', floors, page[2][i])
    if not redis.call('ZSCORE', oldest, page[2][i]) then redis.call('ZREM', names, page[2][i]) end
  end
end
local ended = redis.call(
  'ZRANGE', publications, '-inf', '(' .. (now - keyLifetimeMs), 'BYSCORE', 'LIMIT', 0, 100)
for _, name in ipairs(ended) do
  redis.call('HDEL', values, 'key:' .. name)
  redis.call('ZREM', publications, name)
end
${SAVE}
return { page[1], waits == '1' and redis.call('ZRANGE', oldest, 0, 63) or {} }`;

/**
 * Lets go of what exceeds the retention, oldest first. Answers with where to look for floors to forget the next time, and
 * with the channels that it needs to go on, if it has to.
 */
export const LET_GO = HEADS + BEGIN + LOOP + FORGET;
