import { RedisError, refusal } from "./error.ts";
import type { Send } from "./connection.ts";
import { append, unsafeIdError } from "./scripts.ts";

/**
 * Tries, in a script, each command that Chime's scripts and readings use, and changes nothing. Answers with the stream's
 * last id, if there is one, with Redis's time in ms, then with each command that was refused and the reason.
 *
 * `XADD` comes first: once a script has written, Redis no longer refuses what takes memory.
 */
const PROBE = `
local key = KEYS[1]
local answer = { '', '' }
local function try(command, ...)
  local reply = redis.pcall(command, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  answer[#answer + 1] = command
  answer[#answer + 1] = reply.err
end
try('XADD', key, '0-0', 'channel', '')
try('XLEN', key)
try('XRANGE', key, '0-0', '0-0')
try('XREVRANGE', key, '0-0', '0-0')
try('XREAD', 'COUNT', '1', 'STREAMS', key, '$')
try('XTRIM', key, 'MAXLEN', '~', '9007199254740991')
try('XDEL', key, '0-0')
local info = try('XINFO', 'STREAM', key) or {}
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then answer[1] = info[i + 1] end
end
local time = try('TIME')
if time then
  answer[2] = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end
return answer`;

/** What is refused to everybody: an entry with the id 0-0, and what there is to know of a stream that is not there. */
const EXPECTED: Readonly<Record<string, string>> = {
  XADD: "greater than 0-0",
  XINFO: "no such key",
};

/**
 * Finds out whether everything can be done that a journal does, without doing it.
 *
 * @throws {RedisError} with what Redis refuses, the command named, or would do wrong.
 */
export async function probe(send: Send, key: string): Promise<void> {
  const [, answer] = await send(["PING"], ["EVAL", PROBE, "1", key]);
  const [lastId, nowMs, ...refused] = answer as readonly string[];
  const refusals: RedisError[] = [];
  for (let i = 0; i < refused.length; i += 2) {
    const [command, message] = [refused[i]!, refused[i + 1]!];
    const expected = EXPECTED[command];
    if (expected && message.includes(expected)) continue;
    refusals.push(refusalOf(command, message));
  }
  // What only somebody can mend first.
  const error = refusals.find(({ isLasting }) => isLasting) ?? refusals[0] ??
    unsafeIdError(lastId!, Number(nowMs));
  if (error) throw error;
  await append(send, key, [], { maxEvents: 0, maxAgeMs: 0 }, false);
}

/** Whatever else keeps a command from being carried out lasts like a right that lacks. */
function refusalOf(command: string, message: string): RedisError {
  const error = refusal(message);
  return error.isUnwritable ? error : new RedisError(
    `${error.reason} (on ${command})`,
    error.isLasting ? error.code : "NOPERM",
  );
}
