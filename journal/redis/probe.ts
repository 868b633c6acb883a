import { isEventId } from "../../events/event_id.ts";
import { appendArguments, UNSAFE_ID } from "./append_script.ts";
import type { Ask } from "./connection.ts";
import { RedisError, refusal } from "./error.ts";

/** The last number that Redis counts up to within a millisecond. After it comes the next millisecond. */
const MAX_N = "18446744073709551615";

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

/** What Redis refuses to everybody: an entry with the id 0-0, and information on a stream that is not there. */
const EXPECTED: Readonly<Record<string, string>> = {
  XADD: "greater than 0-0",
  XINFO: "no such key",
};

/** Appends nothing, and has nothing to remove. */
const APPEND_NOTHING = appendArguments(
  [],
  { maxEvents: 0, maxAgeMs: 0 },
  false,
);

/**
 * Finds out whether Redis would do everything that a journal asks of it. Changes nothing.
 *
 * @throws {RedisError} Redis refuses a command, which the error names, or would give out a wrong id.
 */
export async function probe(ask: Ask, key: string): Promise<void> {
  const [, [lastId, nowMs, ...refused]] = await ask((client) =>
    Promise.all([
      client.ping(),
      // Not as one of the client's scripts: the right to EVAL is needed as soon as Redis has lost those.
      client.sendCommand<string[]>(["EVAL", PROBE, "1", key]),
    ])
  );
  const refusals: RedisError[] = [];
  for (let i = 0; i < refused.length; i += 2) {
    const [command, message] = [refused[i]!, refused[i + 1]!];
    const expected = EXPECTED[command];
    if (expected && message.includes(expected)) continue;
    refusals.push(refusalOf(command, message));
  }
  // First what only the operator can mend.
  const error = refusals.find(({ isLasting }) => isLasting) ?? refusals[0] ??
    unsafeIdError(lastId!, Number(nowMs));
  if (error) throw error;
  await ask((client) => client.append(key, APPEND_NOTHING));
}

/** A reason that is not known to pass is one that lasts, like a missing right. */
function refusalOf(command: string, message: string): RedisError {
  const error = refusal(message);
  return error.isUnwritable ? error : new RedisError(
    `${error.reason} (on ${command})`,
    error.isLasting ? error.code : "NOPERM",
  );
}

/**
 * The reason why nothing can be appended to a stream with this last id, if there is one.
 *
 * @param lastId Empty where there is no stream.
 * @param nowMs Redis's time, in ms since the epoch.
 */
function unsafeIdError(lastId: string, nowMs: number): RedisError | undefined {
  if (lastId === "") return undefined;
  const [ms, n] = lastId.split("-") as [string, string];
  const isSafe = Number(ms) < nowMs ||
    isEventId(n === MAX_N ? `${Number(ms) + 1}-0` : `${ms}-${Number(n) + 1}`);
  return isSafe ? undefined : refusal(UNSAFE_ID);
}
