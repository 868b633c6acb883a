import { FETCH } from "./fetch_script.ts";
import { FLOORS, HEADS, KNOWN, LOAD } from "./lua.ts";

/** Finds the floors, and of each channel the records that may be read. */
const PREPARE = `
local state, floors, oldest = unpack(KEYS, 1, 3)
local kind, a, b, name, unprovedMs, unprovedN, upToMs, upToN, maxAgeMs, maxCount, maxBytes, newest =
  ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]),
  tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]),
  tonumber(ARGV[12])
local upToName, least = ARGV[13], ARGV[14]
local stored = redis.call('HMGET', state, 'hot', 'floor', 'epochs')
local packed = stored[1]
if not packed then return { kind == 'latest' and 'found' or 'unknown', '0-0', '' } end
${LOAD}
${FLOORS}
${KNOWN}
if kind ~= 'latest' and not isOurs(stored[3], upToMs, upToN, upToName) then return { 'unknown' } end
if kind == 'after' then
  if not isKnown(stored[3], a, b, name) then return { 'unknown' } end
  if isAfter(a, b, upToMs, upToN) then return { 'found', '0-0', '' } end
end
raiseTo(stored[2])
if least ~= '' then raiseTo(least) end
if isAfter(upToMs, upToN, ms, n) then upToMs, upToN = ms, n end

local names, hasPlace = { unpack(ARGV, 15) }, kind == 'after' or kind == 'latest'
local lists = {}
local alone = #names > 0 and redis.call('HMGET', floors, unpack(names)) or {}
for i, name in ipairs(names) do
  raiseTo(alone[i])
  local list = { index = i, key = KEYS[3 + i], heads = {} }
  list.count = redis.call('LLEN', list.key)
  local length = math.floor(list.count / 2)
  local last = length > 0 and headAt(list, length - 1)
  if last and hasPlace and not isAfter(last.ms, last.n, a, b) then
    -- Nothing is new. What of it is too old went before the reading begins.
  elseif last then
    list.stop = length
    if isAfter(last.ms, last.n, upToMs, upToN) then
      list.stop = first(list, 0, length - 1, function(head)
        return isAfter(head.ms, head.n, upToMs, upToN)
      end)
    end
    list.start = 0
    local function isFresh(head) return counted(head.at) >= now - maxAgeMs end
    if not isFresh(headAt(list, 0)) then
      list.start = first(list, 0, list.stop, isFresh)
      if list.start > 0 then
        local gone = headAt(list, list.start - 1)
        raise(gone.ms, gone.n, gone.at)
      end
    end
    if list.start < list.stop then lists[#lists + 1] = list end
  elseif redis.call('ZSCORE', oldest, name) then
    -- Redis has lost the list.
    raise(ms, n, now)
  end
end
local floorPlace = string.format('%d-%d', floor.ms, floor.n)`;

/** Judges whether all that is asked for is held, and where it begins. */
const JUDGE = `
if kind == 'after' then
  if isAfter(floor.ms, floor.n, a, b) and isAfter(floor.ms, floor.n, unprovedMs, unprovedN) then
    return { 'gone', floorPlace }
  end
elseif kind == 'since' then
  if floor.at > 0 and a <= counted(floor.at) then return { 'gone', floorPlace } end
  local moment = a
  a, b = math.huge, 0
  for _, list in ipairs(lists) do
    -- No record counts as newer than its id. Most count as of that very time.
    local i = first(list, list.start, list.stop, function(head) return head.ms >= moment end)
    if i < list.stop and counted(headAt(list, i).at) < moment then
      i = first(list, i, list.stop, function(head) return counted(head.at) >= moment end)
    end
    if i < list.stop then
      local head = headAt(list, i)
      if isAfter(a, b, head.ms, head.n) then a, b = head.ms, head.n end
    end
  end
  -- The clock went back: what was let go counts as older than the moment, and yet came after it.
  if not isAfter(a, b, floor.ms, floor.n) then return { 'gone', floorPlace } end
  b = b - 1
end
for _, list in ipairs(lists) do
  if kind == 'latest' then
    local stop, start, notes = list.stop, list.stop - newest, nil
    while start > list.start do
      local head = headAt(list, start)
      local count = headAt(list, stop - 1).notes - head.notes + (head.isNote and 1 or 0)
      if start == stop - newest - count then break end
      start = stop - newest - count
    end
    list.start = math.max(list.start, start)
  end
  if kind ~= 'earliest' then
    local head = headAt(list, list.start)
    if not isAfter(head.ms, head.n, a, b) then
      list.start = first(list, list.start, list.stop, function(head) return isAfter(head.ms, head.n, a, b) end)
    end
  end
end`;

/**
 * Reads a page of records of some channels, and judges in the same step whether they are all there were. Answers with the
 * floor, with the place before which the page ends where it is not complete, and with lists of heads and data by channel.
 */
export const READ = HEADS + PREPARE + JUDGE + FETCH;
