/** How many records the window holds at most. */
export const WINDOW_RECORDS = 10_000;
/** How many bytes it holds at most, where that is not much of the whole. */
export const WINDOW_BYTES = 64 * 1024 * 1024;
/** The part of the whole that the window may take. */
export const WINDOW_PART = 1 / 8;
/** In how many blocks the window is trimmed. */
const BLOCKS = 16;
/** How much of it is left then: as much fits in as a block may have. */
const KEPT = (BLOCKS - 1) / BLOCKS;

// First the floor, then the records: whatever is refused in between, nothing is lost in silence. A channel may hold a few
// more than it should: to let go of one at a time would take twice as long.
/** Lets go of the oldest events of the channel of `list`, and of the notes before them. */
export const TRIM = `
local oldest, floors = KEYS[3], KEYS[5]
local function parse(head)
  local seq, total, size, notes, ms, n, at, note =
    head:match('^(%d+) (%d+) (%d+) (%d+) (%d+)%-(%d+)%S* (%S+) ?(!?)')
  return seq, total, size, notes - #note, notes, ms, n, at == '=' and ms or at
end
local function counted(at)
  if at <= now then return at end
  return math.min(back, now)
end
local _, totalBefore, sizeBefore, notesBefore, _, _, _, atBefore = parse(call('LINDEX', list.key, 0))
local excess = length / 2 - (list.notes - notesBefore) - maxEvents
if excess > math.min(64, math.floor(maxEvents / 16)) then
  local gone, total, notes, lastMs, lastN, at = excess
  repeat
    local _
    _, total, _, _, notes, lastMs, lastN, at = parse(call('LINDEX', list.key, 2 * gone - 2))
    local more = excess + notes - notesBefore - gone
    gone = gone + more
  until more == 0
  at = math.max(counted(tonumber(at)), counted(tonumber(atBefore)))
  local before = call('HGET', floors, list.channel)
  if before then at = math.max(at, counted(tonumber(before:match(' (%d+)$')))) end
  call('HSET', floors, list.channel, text('%s-%s %d', lastMs, lastN, at))
  call('LTRIM', list.key, 2 * gone, -1)
  call('ZADD', oldest, call('LINDEX', list.key, 0):match('^%d+'), list.channel)
  bytes = bytes - (total - totalBefore + sizeBefore)
end`;

// Without reading what it lets go of: the places where blocks end are kept.
/** Lets go of the oldest blocks of the window. The newest stays. */
export const TRIM_WINDOW = `
if seq - bseq >= ${
  WINDOW_RECORDS / BLOCKS
} or sum - bsum - windowBytes / ${BLOCKS} >= 0 then
  local blocks = (call('HGET', state, 'blocks') or '') .. text('%d-%d %d %d;', ms, n, seq, sum)
  bseq, bsum = seq, sum
  local isTrimmed = false
  while seq - wseq > ${
  KEPT * WINDOW_RECORDS
} or sum - wsum - ${KEPT} * windowBytes > 0 do
    local bms, bn, endSeq, endSum, rest = blocks:match('^(%d+)%-(%d+) (%d+) (%d+);(.+)$')
    if not bms then break end
    wms, wn, wseq, wsum = tonumber(bms), tonumber(bn), tonumber(endSeq), tonumber(endSum)
    blocks, isTrimmed = rest, true
  end
  if isTrimmed then call('XTRIM', window, 'MINID', '=', text('%d-%d', wms, wn + 1)) end
  call('HSET', state, 'blocks', blocks)
end`;
