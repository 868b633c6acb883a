import { MARKER } from "./lua.ts";

/**
 * Tries, in a script, each command that Chime's scripts use, and changes nothing. Answers with the type of the key and
 * the format, then with each command that was refused and the reason.
 *
 * `XADD` comes first: once a script has written, Redis no longer refuses what takes memory. `RPUSH` and `SET` can only be
 * tried where the journal has begun.
 */
export const PROBE = `
local base, state, window, nothing = unpack(KEYS)
local answer = { '', '' }
local function try(command, ...)
  local reply = redis.pcall(command, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  answer[#answer + 1] = command
  answer[#answer + 1] = reply.err
end
try('XADD', window, '0-0', 'h', '')
try('XLEN', window)
try('XRANGE', window, '0-0', '0-0')
try('XREAD', 'COUNT', '1', 'STREAMS', window, '$')
try('XTRIM', window, 'MINID', '=', '0-0')
try('XINFO', 'STREAM', nothing)
try('DEL', nothing)
local kind = try('TYPE', base)
if kind then answer[1] = kind.ok end
local format = try('HGET', state, 'format')
if format then answer[2] = format end
try('HMGET', state, 'format')
try('HSET', nothing, 'a', '', 'b')
try('HDEL', nothing, 'a')
try('HSCAN', nothing, '0')
if format then try('RPUSH', state, '') end
try('LINDEX', nothing, 0)
try('LLEN', nothing)
try('LRANGE', nothing, 0, 0)
try('LTRIM', nothing, 0, 0)
try('ZADD', nothing, 'XX', 0, '')
try('ZREM', nothing, '')
try('ZSCORE', nothing, '')
try('ZCARD', nothing)
try('ZRANGE', nothing, 0, 0)
if kind and kind.ok == 'string' then
  local text = try('GET', base)
  if text and text ~= "${MARKER}" then answer[1] = 'text' end
else
  try('GET', nothing)
end
try('SET', nothing, '', 'NX', 'XX')
try('TIME')
return answer`;
