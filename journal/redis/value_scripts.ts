import { LOAD, NONE } from "./lua.ts";

// A value's life is counted from when it was set, as the retention counts times: setting the clock back does not lengthen
// it by more than the time until that is noticed.
const PREPARE = `
local state, values, ends = KEYS[1], KEYS[2], KEYS[3]
local kind = ARGV[1]
local packed = redis.call('HGET', state, 'hot')
if not packed then return { err = '${NONE}' } end
${LOAD}
local function alive(text)
  if not text then return nil end
  local at, life, value = text:match('^(%d+) (%d+) (.*)$')
  if counted(tonumber(at)) + tonumber(life) <= now then return nil end
  return value
end
local function remove(key)
  redis.call('HDEL', values, kind .. ':' .. key)
  redis.call('ZREM', ends, key)
end`;

/** Keeps a value. Answers with whether there was room. */
export const SET_VALUE = `${PREPARE}
local key, value, life, maxCount = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if not redis.call('ZSCORE', ends, key) and redis.call('ZCARD', ends) >= maxCount then
  local ended = redis.call('ZRANGE', ends, '-inf', now, 'BYSCORE', 'LIMIT', 0, 1000)
  for _, old in ipairs(ended) do remove(old) end
  if #ended == 0 then return 0 end
end
redis.call('HSET', values, kind .. ':' .. key, string.format('%d %d ', now, life) .. value)
redis.call('ZADD', ends, now + life, key)
return 1`;

/** Removes a value, and answers with it. */
export const TAKE_VALUE = `${PREPARE}
local key = ARGV[2]
local text = redis.call('HGET', values, kind .. ':' .. key)
if not text then return false end
remove(key)
return alive(text) or false`;

/** Lists the values of a kind: keys and values in turn. */
export const LIST_VALUES = `${PREPARE}
local answer = {}
for _, key in ipairs(redis.call('ZRANGE', ends, 0, -1)) do
  local value = alive(redis.call('HGET', values, kind .. ':' .. key))
  if value then
    answer[#answer + 1] = key
    answer[#answer + 1] = value
  end
end
return answer`;
