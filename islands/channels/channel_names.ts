import { InputError } from "../../events/input_error.ts";
import { checkChannels } from "../../events/channel_name.ts";

/**
 * Reads channel names as a reader types them: with commas between them, and spaces anywhere around them.
 *
 * @returns The names, each once; at least one.
 * @throws {InputError} where there is none, and where the server would refuse the names, with the server's message.
 */
export function readChannels(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const unique = [...new Set(names.filter(Boolean))];
  if (unique.length === 0) throw new InputError("Type at least one channel");
  checkChannels(unique);
  return unique;
}

/** The path of a stream of these channels, or of the channel to publish to. */
export function channelPath(...channels: readonly string[]): string {
  return `/sse/${channels.join(",")}`;
}
