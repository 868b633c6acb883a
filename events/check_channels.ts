import { checkChannel } from "./channel_name.ts";
import { InputError } from "./input_error.ts";
import {
  isPattern,
  MAX_SEPARATORS,
  parsePattern,
  separatorsOf,
} from "./pattern.ts";

/** How many channels and patterns one stream carries at most. */
export const MAX_CHANNELS = 256;

/**
 * Checks the channels of one stream: names and patterns.
 *
 * @throws {InputError} where there are too many, where no channel can have one of the names, and for a pattern that no
 * channel is looked up by.
 */
export function checkChannels(channels: readonly string[]): void {
  if (channels.length > MAX_CHANNELS) {
    throw new InputError(
      `Cannot use ${channels.length} channels: there must be ${MAX_CHANNELS} at most`,
    );
  }
  for (const channel of channels) {
    if (isPattern(channel)) checkPattern(channel);
    else checkChannel(channel);
  }
}

function checkPattern(text: string): void {
  parsePattern(text);
  if (separatorsOf(text).length <= MAX_SEPARATORS) return;
  throw new InputError(
    `Cannot use pattern ${
      JSON.stringify(text)
    }: a stream's pattern must have ${MAX_SEPARATORS} of . : / at most`,
  );
}
