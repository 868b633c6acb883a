import { InputError } from "../events/input_error.ts";
import { HttpError } from "./http_error.ts";
import { MAX_SILENCE_MS, readBody } from "./body.ts";
import { readBodyKind } from "./body_kind.ts";
import { type Line, readJsonLines, readNdjson } from "./ndjson.ts";
import type { PublishQuery } from "./publish_query.ts";
import type { Services } from "./services.ts";

/** How much a body may become where it goes to several channels, in bytes: each has a copy, also in the worker's memory. */
const MAX_COPIES_BYTES = 64 * 1024 ** 2;
/** What a message takes besides its data, roughly, in bytes. */
const LINE_BYTES = 256;

/** What a body publishes. */
export interface PublishLines {
  readonly lines: readonly Line[];
  /** Whether it was read line by line, however many there are. */
  readonly isMany: boolean;
}

/**
 * Reads the body of a publish.
 *
 * @throws {InputError} for a line that is none, for a body that goes nowhere, and whatever {@linkcode readBody} and {@linkcode readBodyKind} throw.
 * @throws {HttpError} 413 where the channels are too many for so much.
 */
export async function readPublishLines(
  request: Request,
  { channels, isJsonLines }: PublishQuery,
  { maxBodyBytes }: Pick<Services, "maxBodyBytes">,
): Promise<PublishLines> {
  const isNdjson = readBodyKind(request) === "lines";
  const isMany = isJsonLines || isNdjson;
  const canName = isNdjson && !isJsonLines;
  if (channels.length === 0 && !canName) {
    throw new InputError(
      "Cannot publish without a channel: the path or the query must name one",
    );
  }
  const body = await readBody(request, {
    maxBytes: maxBodyBytes,
    maxSilenceMs: MAX_SILENCE_MS,
  });
  const lines = isJsonLines
    ? readJsonLines(body)
    : isMany
    ? readNdjson(body)
    : [{ data: body }];
  const copies = channels.length *
    (body.length + lines.length * LINE_BYTES);
  if (channels.length > 1 && copies > MAX_COPIES_BYTES) {
    throw new HttpError(
      413,
      `Cannot publish this body to ${channels.length} channels: with ${LINE_BYTES} bytes for each message, their copies must have ${MAX_COPIES_BYTES} bytes together at most`,
    );
  }
  return { lines, isMany };
}
