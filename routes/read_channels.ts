import { checkChannels } from "../events/check_channels.ts";
import { InputError } from "../events/input_error.ts";
import type { Target } from "./target.ts";

/** Whether a request for `/sse/…` names channels, and so is not about the clock. */
export function namesChannels({ path, query }: Target): boolean {
  return path !== FOLDER || query.has("channel");
}

/**
 * Reads the channels, and patterns, that a request for `/sse/…` names: in its path, with commas between them, or in its
 * query, each in a parameter `channel`.
 *
 * @throws {InputError} for channels in both, for too many of them, and for one that is neither a name nor a pattern.
 */
export function readChannels(target: Target): string[] {
  const inPath = target.path.slice(FOLDER.length);
  const inQuery = target.query.get("channel");
  if (inQuery === null) return checked(inPath.split(","));
  if (inPath === "") return readQueryChannels(target);
  throw new InputError(
    `Cannot use channel ${
      JSON.stringify(inQuery)
    }: the path must name no channels where the query does`,
  );
}

/**
 * Reads the channels, and patterns, that a query names, each in a parameter `channel`. There may be none.
 *
 * @throws {InputError} for too many of them, and for one that is neither a name nor a pattern.
 */
export function readQueryChannels({ query }: Target): string[] {
  const inQuery = query.getAll("channel");
  const spaced = inQuery.find((channel) => channel.includes(" "));
  if (spaced === undefined) return checked(inQuery);
  throw new InputError(
    `Cannot use channel ${
      JSON.stringify(spaced)
    }: a query must have %2B for +, as + is a space there, which no name has`,
  );
}

const FOLDER = "/sse/";

function checked(channels: string[]): string[] {
  checkChannels(channels);
  return channels;
}
