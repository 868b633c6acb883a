/** The format that this version writes. Format 1 was a single stream. */
export const FORMAT = 2;

/** What the key itself holds since format 2. */
export const MARKER = `Chime's journal, format ${FORMAT}`;

/** The refusal where an older format has to be moved first, or is being moved. */
export const MIGRATE = "MIGRATE the journal has an older format";

/** The refusal where only a newer version knows the format. */
export const NEWER =
  "NEWER the journal has a format that only a newer Chime knows";

/** What a record takes in a channel's list, and once more in the window, besides its texts, about, in bytes. */
export const COPY_OVERHEAD = 100;
/** What a record takes in both. */
export const RECORD_OVERHEAD = 2 * COPY_OVERHEAD;
/** What a channel takes that has records, about, in bytes. */
export const CHANNEL_OVERHEAD = 400;

/** The refusal where there is no journal yet. */
export const NONE = "NONE there is no journal";

// All in one field, packed: reading and writing one for each would take as long again as an append.
/** Names of the values in the state's field `hot`, in their order. The first is the same in each format. */
export const HOT: string = [
  "format",
  // What `INFO` said when the last epoch began, and its name.
  ...["life", "epoch"],
  // The last place given out.
  ...["ms", "n"],
  // What the clock said when it was last looked at, and when it was last seen to have gone back.
  ...["seen", "back"],
  // The running number of the last record, and the running bytes of all records.
  ...["seq", "sum"],
  // The bytes of what the lists hold.
  "bytes",
  // The place before the window, with its running number and bytes.
  ...["wms", "wn", "wseq", "wsum"],
  // The running number and bytes at which the newest block of the window begins.
  ...["bseq", "bsum"],
].join(", ");

/** Looks at the clock. */
export const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now < seen then back = now end
seen = now`;

/** Refuses other formats. */
export const CHECK_FORMAT = `
if format ~= ${FORMAT} then
  return { err = format == 1 and '${MIGRATE}' or '${NEWER}' }
end`;

/** Reads the state out of `packed`, and the clock. */
export const LOAD = `
local ${HOT} = cmsgpack.unpack(packed)
${CHECK_FORMAT}
${CLOCK}
local function counted(at)
  if at <= now then return at end
  return math.min(back, now)
end`;

/** Writes the state. */
export const SAVE = `redis.call('HSET', state, 'hot', cmsgpack.pack(${HOT}))`;

/**
 * Reads heads. A head is the running number, the running bytes of the channel, the record's own bytes, the running
 * number of the channel's notes, the id, the time where it is not the id's, and the rest in JSON, after a "!" for a note.
 */
export const HEADS = `
local function parse(head)
  local seq, total, size, notes, ms, n, at, note =
    head:match('^(%d+) (%d+) (%d+) (%d+) (%d+)%-(%d+)%S* (%S+) ?(!?)')
  if not seq then error('BADHEAD a record of the journal has no head', 0) end
  ms = tonumber(ms)
  return {
    seq = tonumber(seq), total = tonumber(total), size = tonumber(size),
    notes = tonumber(notes), ms = ms, n = tonumber(n),
    at = at == '=' and ms or tonumber(at), isNote = note == '!',
  }
end
local function isAfter(ms1, n1, ms2, n2)
  return ms1 > ms2 or ms1 == ms2 and n1 > n2
end
local function headAt(list, i)
  local head = list.heads[i]
  if not head then
    local index = 2 * i < list.count and 2 * i or 2 * (i - list.count)
    head = parse(redis.call('LINDEX', list.key, index))
    list.heads[i] = head
  end
  return head
end
local function first(list, low, high, holds)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if holds(headAt(list, middle)) then high = middle else low = middle + 1 end
  end
  return low
end`;

/** Reads floors, each a place and a time, and finds the highest. Needs {@linkcode LOAD} and {@linkcode HEADS}. */
export const FLOORS = `
local floor = { ms = 0, n = 0, at = 0 }
local function raise(ms, n, at)
  floor.at = math.max(counted(floor.at), counted(at))
  if isAfter(ms, n, floor.ms, floor.n) then floor.ms, floor.n = ms, n end
end
local function raiseTo(text)
  if not text then return end
  local ms, n, at = text:match('^(%d+)%-(%d+) (%d+)$')
  raise(tonumber(ms), tonumber(n), tonumber(at))
end
local function floorText()
  return string.format('%d-%d %d', floor.ms, floor.n, floor.at)
end`;

/** Judges whether an id was given out here; a place without an epoch is no more than a bound. Needs {@linkcode LOAD} and {@linkcode HEADS}. */
export const KNOWN = `
local function isKnown(epochs, ams, an, name)
  local _, stop, sms, sn = epochs:find(' ' .. name .. '=(%d+)%-(%d+) ')
  if not stop then return false end
  local ems, en = epochs:match('^%w*=(%d+)%-(%d+) ', stop + 1)
  ems, en = tonumber(ems or ms), tonumber(en or n)
  return isAfter(ams, an, tonumber(sms), tonumber(sn))
    and not isAfter(ams, an, ems, en)
end
local function isOurs(epochs, ams, an, name)
  return name == '' or isKnown(epochs, ams, an, name)
end`;
