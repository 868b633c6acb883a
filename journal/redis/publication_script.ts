/** Looks up the keys of a batch, and refuses one that came with another message. Sets `known`. */
export const CHECK_KEYS = `
known = {}
local inBatch, values = {}, KEYS[#KEYS - 1]
for i = keyAt + 3, #ARGV, 3 do
  local index, name, hash = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  local first = inBatch[name]
  if not first then
    first = { hash = hash, index = index }
    local value = call('HGET', values, 'key:' .. name)
    if value then
      local at = value:find(' ', 1, true)
      first = { hash = value:sub(at + 1), id = value:sub(1, at - 1) }
    end
    inBatch[name] = first
  end
  if first.hash ~= hash then return { err = 'KEYCONFLICT ' .. index } end
  if first.index ~= index then known[entryAt + 3 * index - 2] = first end
end`;

/** Keeps the keys that are new, and forgets the oldest. Sets `knownIds`. */
export const KEEP_KEYS = `
local values, publications = KEYS[#KEYS - 1], KEYS[#KEYS]
local keyLifetimeMs, maxKeys = ARGV[keyAt + 1], ARGV[keyAt + 2]
local next, idOf = firstN, {}
for i = 1, entryCount do
  if not known[entryAt + 3 * i - 2] then
    idOf[i] = text('%s%d.%s', ids, next, epoch)
    next = next + 1
  end
end
for i = 1, entryCount do
  local first = known[entryAt + 3 * i - 2]
  if first then
    knownIds[#knownIds + 1] = tostring(i)
    knownIds[#knownIds + 1] = first.id or idOf[first.index]
  end
end
for i = keyAt + 3, #ARGV, 3 do
  local index, name, hash = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  if idOf[index] then
    -- After the other: where Redis refuses that, the key is not known.
    call('ZADD', publications, now, name)
    call('HSET', values, 'key:' .. name, idOf[index] .. ' ' .. hash)
    local excess = call('ZCARD', publications) - maxKeys
    local gone = excess > 0 and call('ZRANGE', publications, 0, excess - 1)
      or call('ZRANGE', publications, '-inf', '(' .. (now - keyLifetimeMs), 'BYSCORE', 'LIMIT', 0, 4)
    for _, old in ipairs(gone) do
      call('HDEL', values, 'key:' .. old)
      call('ZREM', publications, old)
    end
  end
end`;
