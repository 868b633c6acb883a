import { ADD_FIRST, BEGIN_EPOCH } from "./epoch_script.ts";
import {
  CHANNEL_OVERHEAD,
  CHECK_FORMAT,
  CLOCK,
  COPY_OVERHEAD,
  HOT,
  NONE,
  SAVE,
} from "./lua.ts";
import { CHECK_KEYS, KEEP_KEYS } from "./publication_script.ts";
import { TRIM, TRIM_WINDOW } from "./trim_script.ts";

// Redis does nothing else meanwhile: what only some appends need stands where only those come to it, and numbers among the
// arguments are left as they are until they are counted with.
//
// Redis does not undo a script: what it has written stays where a later command is refused. So the last write is the
// state's: nothing is read beyond the last place in there. What was written before that is found by the next append.
//
// The first write is an XADD: Redis refuses it for want of memory, or for being a replica, only to a script that has not
// written yet.
/** Reads the state, and begins an epoch where Redis has another life than at the last append. */
const PREPARE = `
local call, text = redis.call, string.format
local state, window = KEYS[1], KEYS[2]
local mode, epochNew, maxEvents, windowBytes, maxBytes, channelCount, entryCount = unpack(ARGV, 1, 7)
local packed = call('HGET', state, 'hot')
if not packed then return { err = '${NONE}' } end
local ${HOT} = cmsgpack.unpack(packed)
${CHECK_FORMAT}
${CLOCK}
local lifeNew = 'none'
if mode == 'info' then
  local info = call('INFO', 'replication')
  local _, at = info:find('master_replid:', 1, true)
  lifeNew = info:sub(at + 1, at + 40)
end
local entryAt = 7 + channelCount
local keyAt = entryAt + 3 * entryCount
local known
if #ARGV > keyAt then
  ${CHECK_KEYS}
end
local startMs, startN, startSeq, startSum, isFirst = ms, n, seq, sum, true
if life ~= lifeNew and (mode == 'info' or life == '') then
  ${BEGIN_EPOCH}
  call('HSET', state, 'epochs', epochs)
  isFirst = false
end`;

/** Finds a channel's list, and its running numbers. */
const OPEN_LIST = `
local key, total, notes, hasRecords, uncommitted = KEYS[5 + index], 0, 0, false, 0
local head = key and call('LINDEX', key, -2)
while head do
  local lastSeq, lastTotal, lastNotes = head:match('^(%d+) (%d+) %d+ (%d+)')
  if lastSeq - startSeq <= 0 then
    total, notes, hasRecords = lastTotal, lastNotes, true
    break
  end
  uncommitted = uncommitted + 1
  head = call('LINDEX', key, -2 - 2 * uncommitted)
end
list = {
  key = key, channel = ARGV[7 + index] or '', total = total, notes = notes, items = false,
  hasRecords = hasRecords, uncommitted = uncommitted, firstSeq = seq + 1,
}
lists[index] = list`;

/** Writes the records, first into the window, then into the lists. */
const WRITE = `
local lastMs, lastN = ms, n
if now > ms then ms, n = now, -1 end
local firstN = n + 1
local ids, tag = text('%d-', ms), '.' .. epoch .. (ms == now and ' = ' or text(' %d ', now))
local lists = {}
for i = entryAt + 1, keyAt, 3 do
  if not (known and known[i]) then
    local index, rest, data = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local list = lists[index]
    if not list then
      ${OPEN_LIST}
    end
    local isNote = rest:byte() == 33
    local channel = list.channel
    local size = #rest + #data + #channel + ${COPY_OVERHEAD}
    local total = list.total + size
    seq, n, sum, list.total = seq + 1, n + 1, sum + size, total
    if isNote then list.notes = list.notes + 1 end
    local place = ids .. n
    local head = text('%d %d %d %d %s%s%s', seq, total, size, list.notes, place, tag, rest)
    if isFirst then
      isFirst = false
      ${ADD_FIRST}
    else
      call('XADD', window, place, 'h', head, 'c', channel, 'd', data)
    end
    if list.key then
      bytes = bytes + size
      local items = list.items
      if items then
        local count = #items
        items[count + 1], items[count + 2] = head, data
      else
        list.items = { head, data }
      end
    end
    if isNote then
      call('HSET', state, 'note:' .. cjson.decode(rest:sub(2)).note, place .. ' ' .. rest)
    end
  end
end
if n < firstN then ms, n = lastMs, lastN end
for _, list in pairs(lists) do
  if list.key then
    if list.uncommitted > 0 then call('LTRIM', list.key, 0, -1 - 2 * list.uncommitted) end
    local items, length = list.items, nil
    for from = 1, #items, 1000 do
      length = call('RPUSH', list.key, unpack(items, from, math.min(from + 999, #items)))
    end
    if not list.hasRecords then
      local oldest, names, floors = KEYS[3], KEYS[4], KEYS[5]
      if call('ZSCORE', oldest, list.channel) then
        -- Redis has lost the list.
        call('HSET', floors, list.channel, text('%d-%d %d', startMs, startN, now))
      else
        bytes = bytes + ${CHANNEL_OVERHEAD}
      end
      call('ZADD', oldest, list.firstSeq, list.channel)
      call('ZADD', names, 0, list.channel)
    end
    if length / 2 - maxEvents > 0 then
      ${TRIM}
    end
  end
end`;

/** Keeps the keys, trims the window, and commits. */
const COMMIT = `
${TRIM_WINDOW}
local knownIds = {}
if known then
  ${KEEP_KEYS}
end
${SAVE}
local answer = text('%d-%d.%s', ms, firstN, epoch)
local isOver = bytes + sum - wsum - maxBytes > 0
if not known and not isOver then return answer end
return { answer, isOver and call('ZRANGE', KEYS[3], 0, 31) or {}, knownIds }`;

/**
 * Appends records, and lets go of what exceeds a channel's limit. Answers with the first id, after which the others follow
 * without a gap. Where there is more to say, also with the channels of the oldest records, if all together exceed their
 * limit, and with the ids that were known, each after the number of its entry.
 */
export const APPEND = PREPARE + WRITE + COMMIT;
