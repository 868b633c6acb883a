import { checkChannel } from "../../events/message.ts";

/** How many channels one stream carries at most. */
const MAX_CHANNELS = 32;

/**
 * Reads channels' names as somebody types them: with commas between, and space around them as one likes.
 *
 * @returns The names, each once.
 * @throws {TypeError | RangeError} where the server would refuse them, in its words.
 */
export function readChannels(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const some = [...new Set(names.filter(Boolean))];
  if (some.length > MAX_CHANNELS) {
    throw new RangeError(
      `Cannot use ${some.length} channels: a stream carries ${MAX_CHANNELS} at most`,
    );
  }
  if (some.length === 0) checkChannel("");
  some.forEach(checkChannel);
  return some;
}

/** The path of a stream of these channels, or of the one that is published to. */
export function channelPath(...channels: readonly string[]): string {
  return `/sse/${channels.join(",")}`;
}
