import { InputError } from "../../events/input_error.ts";
import { isPattern } from "../../events/pattern.ts";
import { checkChannels } from "../../events/check_channels.ts";

/**
 * Reads channels as a reader types them, names and patterns: with commas between them, and spaces anywhere around them.
 *
 * @returns The names and patterns, each once; at least one.
 * @throws {InputError} where there is none, and where the server would refuse the names, with the server's message.
 */
export function readChannels(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const unique = [...new Set(names.filter(Boolean))];
  if (unique.length === 0) throw new InputError("Type at least one channel");
  checkChannels(unique);
  return unique;
}

/** The URL, from the page's, of a stream of these channels, or of the channel to publish to. */
export function channelPath(...channels: readonly string[]): string {
  return `sse/${channels.join(",")}`;
}

/** Whether the events of these channels name their channel in their type. */
export function areNamed(channels: readonly string[]): boolean {
  return channels.length > 1 || channels.some(isPattern);
}

/** A channel of these, to publish to: the first that is named, else one that the first pattern covers. */
export function channelOf(channels: readonly string[]): string {
  return channels.find((channel) => !isPattern(channel)) ??
    channels[0]!.replace("*", "example");
}
