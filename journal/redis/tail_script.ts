import { COPY_OVERHEAD, HEADS, KNOWN, LOAD } from "./lua.ts";

/**
 * Reads the window on from an id. Answers with what it is: `none` where there is no journal, `joined` where no id was
 * given, `unknown` where the id was not given out here, `damaged` where others have changed the window, `skip` where it
 * begins after the id, else `found`. Then come the last id of all, the running number and bytes up to where the answer
 * goes, whether there is more, and heads, channels and data.
 *
 * The caller says the running number and bytes at the id. The numbers must go on from there without a gap. The bytes say
 * whether all that follows can be read at once. If not, it is read one by one, as any record may be large.
 */
export const READ_TAIL = `${HEADS}
local state, window = KEYS[1], KEYS[2]
local a, b, name, seqBefore, sumBefore, maxBytes = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3],
  tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local stored = redis.call('HMGET', state, 'hot', 'epochs')
local packed = stored[1]
if not packed then return { 'none', '0-0', '0', '0', '' } end
${LOAD}
${KNOWN}
local lastPlace = string.format('%d-%d', ms, n)
local last = epoch == '' and lastPlace or lastPlace .. '.' .. epoch
local function at(kind)
  return { kind, last, string.format('%d', seq), string.format('%d', sum), '' }
end
if a == 0 and b == 0 then return at('joined') end
if not isKnown(stored[2], a, b, name) then return at('unknown') end
if a == ms and b == n then return at('found') end
if isAfter(wms, wn, a, b) then return at('skip') end

local from, answer, taken = string.format('(%d-%d', a, b), at('found'), 0
local function put(entry)
  local fields = entry[2]
  local head, channel, data = fields[2] or '', fields[4] or '', fields[6] or ''
  local seqHere, rest = head:match('^(%d+) %S+ %S+ %S+ %S+ %S+ ?(.*)$')
  if tonumber(seqHere) ~= seqBefore + 1 then return false end
  local size = #rest + #channel + #data + ${COPY_OVERHEAD}
  if taken > 0 and taken + size > maxBytes then
    answer[5] = 'more'
    return true
  end
  seqBefore, taken = seqBefore + 1, taken + size
  answer[#answer + 1] = head
  answer[#answer + 1] = channel
  answer[#answer + 1] = data
  return true
end
if sum - sumBefore <= maxBytes then
  for _, entry in ipairs(redis.call('XRANGE', window, from, lastPlace)) do
    if not put(entry) then return at('damaged') end
  end
else
  while answer[5] == '' and seqBefore < seq do
    local entry = redis.call('XRANGE', window, from, lastPlace, 'COUNT', 1)[1]
    if not entry or not put(entry) then return at('damaged') end
    from = '(' .. entry[1]
  end
end
if answer[5] == '' and seqBefore ~= seq then return at('damaged') end
answer[3] = string.format('%d', seqBefore)
answer[4] = string.format('%d', sumBefore + taken)
return answer`;

/** Answers with the last note of each kind, as far as it may still be read: its place and its rest. */
export const READ_NOTES = `${HEADS}
local answer = {}
local floor = redis.call('HGET', KEYS[1], 'floor') or '0-0 0'
local ms, n = floor:match('^(%d+)%-(%d+)')
local cursor = '0'
repeat
  local page = redis.call('HSCAN', KEYS[1], cursor, 'MATCH', 'note:*', 'COUNT', 100)
  cursor = page[1]
  for i = 2, #page[2], 2 do
    local ams, an = page[2][i]:match('^(%d+)%-(%d+)')
    if isAfter(tonumber(ams), tonumber(an), tonumber(ms), tonumber(n)) then
      answer[#answer + 1] = page[2][i]
    end
  end
until cursor == '0'
return answer`;
