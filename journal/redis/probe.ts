import type { Ask } from "./connection.ts";
import { RedisError, refusal } from "./error.ts";
import type { RedisKeys } from "./keys.ts";
import { FORMAT, NEWER } from "./lua.ts";
import { PROBE } from "./probe_script.ts";

/** How Redis answers to everybody whose command it would carry out. */
const EXPECTED: Readonly<Record<string, string>> = {
  XADD: "greater than 0-0",
  XINFO: "no such key",
  HSET: "wrong number of arguments",
  RPUSH: "WRONGTYPE",
  SET: "syntax error",
};

/**
 * Finds out whether Redis would do everything that a journal asks of it. Changes nothing.
 *
 * @throws {RedisError} Redis refuses a command, which the error names, or holds what is no journal of this format.
 */
export async function probe(ask: Ask, keys: RedisKeys): Promise<void> {
  const names = [keys.base, keys.state, keys.window, keys.nothing];
  const [, [type, format, ...refused]] = await ask((client) =>
    Promise.all([
      client.ping(),
      // Not as one of the client's scripts: the right to EVAL is needed as soon as Redis has lost those.
      client.sendCommand<string[]>(["EVAL", PROBE, "4", ...names]),
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
    stateError(type!, format!);
  if (error) throw error;
  // Other scripts are refused, too, where this is.
  await ask((client) => client.probe(names));
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
 * The reason why what the keys hold is of no use, if there is one.
 *
 * @param type What the key itself holds.
 */
function stateError(type: string, format: string): RedisError | undefined {
  if (format !== "" && format !== "1" && format !== `${FORMAT}`) {
    return refusal(NEWER);
  }
  const isOwn = type === "string" || type === "none" ||
    type === "stream" && format !== `${FORMAT}`;
  return isOwn
    ? undefined
    : refusal("WRONGTYPE the key holds something else than Chime's journal");
}
