import { BEGIN_EPOCH } from "./epoch_script.ts";
import {
  CHECK_FORMAT,
  CLOCK,
  FORMAT,
  HOT,
  MARKER,
  MIGRATE,
  SAVE,
} from "./lua.ts";

/**
 * Begins a journal where there is none, and makes the key itself a text: an older Chime refuses that. Where there is a
 * journal, an epoch begins if the mode says so.
 */
export const BEGIN = `
local base, state, window = KEYS[1], KEYS[2], KEYS[3]
local mode, epochNew = ARGV[1], ARGV[2]
local ${HOT} = ${FORMAT}, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
local packed = redis.call('HGET', state, 'hot')
if packed then
  ${HOT} = cmsgpack.unpack(packed)
  ${CHECK_FORMAT}
  if mode ~= 'begin' then return 0 end
else
  local kind = redis.call('TYPE', base).ok
  if kind == 'stream' then return { err = '${MIGRATE}' } end
  if kind ~= 'none' and (kind ~= 'string' or redis.call('GET', base) ~= "${MARKER}") then
    return { err = 'WRONGTYPE the key holds something else' }
  end
end
${CLOCK}
local lifeNew = 'none'
if mode == 'info' then
  local info = redis.call('INFO', 'replication')
  local _, at = info:find('master_replid:', 1, true)
  lifeNew = info:sub(at + 1, at + 40)
end
local startMs, startN, startSeq, startSum = ms, n, seq, sum
${BEGIN_EPOCH}
if not packed then
  back = now
  redis.call('XTRIM', window, 'MINID', '=', place)
  for i = 4, #KEYS do redis.call('DEL', KEYS[i]) end
  redis.call('SET', base, "${MARKER}")
  -- There may have been another journal before.
  redis.call('HSET', state, 'floor', string.format('0-0 %d', now))
end
redis.call('HSET', state, 'format', '${FORMAT}', 'epochs', epochs)
${SAVE}
return 1`;
