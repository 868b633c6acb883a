import {
  CHANNEL_OVERHEAD,
  CLOCK,
  COPY_OVERHEAD,
  FORMAT,
  HEADS,
  HOT,
  MARKER,
  SAVE,
} from "./lua.ts";

/** How many bytes of the old stream are moved at once: Redis does nothing else meanwhile. */
const PAGE_BYTES = 1024 * 1024;

/**
 * Finds the next page of the old stream. Answers with the format and the type of the key, with how far the stream has been
 * moved, with the id up to which the page goes, empty where there are no more entries, and with the page's channels.
 */
export const NEXT_PAGE = `
local base, state = KEYS[1], KEYS[2]
local stored = redis.call('HMGET', state, 'format', 'cursor')
local format, cursor = stored[1] or '', stored[2] or '0-0'
local kind = redis.call('TYPE', base).ok
if kind ~= 'stream' or format ~= '' and format ~= '1' then return { format, kind, cursor, '', {} } end
local taken, last, names, seen = 0, '', {}, {}
while taken < ${PAGE_BYTES} do
  local from = '(' .. (last == '' and cursor or last)
  local entry = redis.call('XRANGE', base, from, '+', 'COUNT', 1)[1]
  if not entry then break end
  local fields, size = entry[2], 0
  for i = 1, #fields, 2 do
    size = size + #fields[i] + #fields[i + 1]
    if fields[i] == 'channel' and not seen[fields[i + 1]] then
      seen[fields[i + 1]] = true
      names[#names + 1] = fields[i + 1]
    end
  end
  if last ~= '' and taken + size > ${PAGE_BYTES} then break end
  taken, last = taken + size, entry[1]
end
return { format, kind, cursor, last, names }`;

/**
 * Moves a page of the old stream into the lists of its channels, unless another has done so. The ids stay, without an
 * epoch. The last page, which is empty, makes the key a text.
 */
export const MOVE_PAGE = `${HEADS}
local base, state, oldest, names, window, floors, values, publications = unpack(KEYS, 1, 8)
local cursor, stop = ARGV[1], ARGV[2]
local stored = redis.call('HMGET', state, 'format', 'cursor', 'hot')
local ${HOT} = 1, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
if stored[3] then ${HOT} = cmsgpack.unpack(stored[3]) end
if (stored[2] or '0-0') ~= cursor or stored[1] and stored[1] ~= '1' then return 0 end
if redis.call('TYPE', base).ok ~= 'stream' then return 0 end
if not stored[1] then redis.call('DEL', oldest, names, window, floors, values, publications) end
${CLOCK}
if not stored[3] then back = now end
local keys = {}
for i = 3, #ARGV do keys[ARGV[i]] = KEYS[6 + i] end

-- Numbers beyond these cannot be counted on with.
local function isSafe(ams, an) return ams < 9007199254740991 and an < 4503599627370496 end
if stop ~= '' then
  for _, entry in ipairs(redis.call('XRANGE', base, '(' .. cursor, stop)) do
    local id, fields = entry[1], {}
    for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
    local ams, an = id:match('(%d+)-(%d+)')
    ams, an = tonumber(ams), tonumber(an)
    local key = fields.channel and keys[fields.channel]
    if isSafe(ams, an) then
      ms, n = ams, an
      if key and fields.data then
        seq = seq + 1
        local last, total, notes = redis.call('LINDEX', key, -2), 0, 0
        if last then
          last = parse(last)
          total, notes = last.total, last.notes
        else
          redis.call('ZADD', oldest, seq, fields.channel)
          redis.call('ZADD', names, 0, fields.channel)
          bytes = bytes + ${CHANNEL_OVERHEAD}
        end
        local rest = fields.type and cjson.encode({ type = fields.type }) or ''
        local size = #rest + #fields.data + #fields.channel + ${COPY_OVERHEAD}
        local head = seq .. ' ' .. (total + size) .. ' ' .. size .. ' ' .. notes .. ' ' .. id .. ' = ' .. rest
        redis.call('RPUSH', key, head, fields.data)
        bytes = bytes + size
      end
    end
  end
  redis.call('HSET', state, 'format', '1', 'cursor', stop)
  ${SAVE}
  return 1
end

local info = redis.call('XINFO', 'STREAM', base)
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then
    local ams, an = info[i + 1]:match('(%d+)-(%d+)')
    ams, an = tonumber(ams), tonumber(an)
    if isSafe(ams, an) and isAfter(ams, an, ms, n) then ms, n = ams, an end
  end
end
local oldestEntry = redis.call('XRANGE', base, '-', '+', 'COUNT', 1)[1]
local floor = oldestEntry and oldestEntry[1] or string.format('%d-%d', ms, n)
local floorMs, floorN = floor:match('(%d+)-(%d+)')
if not isSafe(tonumber(floorMs), tonumber(floorN)) then floorMs, floorN = ms, n end
wms, wn, wseq, wsum, bseq, bsum = ms, n, seq, sum, seq, sum
format = ${FORMAT}
redis.call('HSET', state, 'format', '${FORMAT}', 'epochs', ' =0-0 ', 'blocks', '',
  'floor', string.format('%d-%d %d', floorMs, floorN, floorMs))
${SAVE}
redis.call('HDEL', state, 'cursor')
redis.call('SET', base, "${MARKER}")
return 1`;
