import { MAX_EPOCHS } from "../epochs.ts";
import { EPOCH_NOTE } from "../note.ts";
import { COPY_OVERHEAD } from "./lua.ts";

/**
 * Adds the first record of a script to the window: `place`, `head`, `channel` and `data`. What is in its way is not ours,
 * or was never committed, and the window can be done without.
 */
export const ADD_FIRST = `
local reply = redis.pcall('XADD', window, place, 'h', head, 'c', channel, 'd', data)
if type(reply) == 'table' and reply.err then
  local isInTheWay = reply.err:find('equal or smaller', 1, true) or reply.err:find('exhausted', 1, true)
  if not isInTheWay then return reply end
  redis.call('DEL', window)
  redis.call('XADD', window, place, 'h', head, 'c', channel, 'd', data)
  wms, wn, wseq, wsum, bseq, bsum = startMs, startN, startSeq, startSum, startSeq, startSum
  redis.call('HSET', state, 'blocks', '')
end`;

/** Begins the epoch `epochNew`: a note in the window, and an entry in the list of epochs. */
export const BEGIN_EPOCH = `
local start = string.format('%d-%d', ms, n)
if now > ms then ms, n = now, 0 else n = n + 1 end
seq = seq + 1
epoch, life = epochNew, lifeNew
local place, channel, data = string.format('%d-%d', ms, n), '', ''
local rest = '!{"note":"${EPOCH_NOTE}","payload":"' .. epoch .. '"}'
local head = string.format(
  '%d 0 0 0 %s.%s %s %s', seq, place, epoch, now == ms and '=' or string.format('%d', now), rest)
${ADD_FIRST}
sum = sum + #rest + ${COPY_OVERHEAD}
local epochs = (redis.call('HGET', state, 'epochs') or ' ') .. epoch .. '=' .. start .. ' '
local _, count = epochs:gsub('=', '')
if count > ${MAX_EPOCHS} then epochs = epochs:gsub('^ %S+', '', 1) end`;
