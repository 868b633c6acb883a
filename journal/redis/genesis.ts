/**
 * The field of the entry that begins a timeline, in a stream that was not there or was empty. A reader that meets such an
 * entry knows that what was there before is gone.
 */
export const GENESIS = "genesis";

/** The beginning of a script: begins a timeline where there is none. */
export const ENSURE = `
local key = KEYS[1]
local function first(command, from, to)
  return redis.call(command, key, from, to, 'COUNT', 1)[1] or {}
end
if redis.call('XLEN', key) == 0 then
  redis.call('XADD', key, '*', '${GENESIS}', '1')
end`;
