import { MIMEType } from "node:util";
import { HttpError } from "./http_error.ts";

/** The media types in use for NDJSON. None is registered. */
const LINES =
  /^(?:(?:application|text)\/|.+\+)(?:x-)?(?:nd-?json|ldjson|jsonl|json-?lines|json-stream)$|^application\/stream\+json$/;
/** Media types that wrap several messages: the wrapping must not reach readers as part of an event. */
const WRAPPED = /^multipart\/|[/+]json-seq$/;

/**
 * Reads from the headers whether a body is one message, or one message a line.
 *
 * @throws {HttpError} 415 if the body is not plain UTF-8 text, and readers would get something else than was meant.
 */
export function readBodyKind({ headers }: Request): "text" | "lines" {
  const coding = headers.get("content-encoding") ?? "";
  if (!/^(?:[\s,]|\bidentity\b)*$/i.test(coding)) {
    throw refuse("Content-Encoding", coding, "be identity, or absent", {
      // https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
      "accept-encoding": "identity",
    });
  }
  const text = headers.get("content-type");
  if (!text) return "text";
  const type = parse(text);
  if (!type) throw refuse("Content-Type", text, "be one media type");
  if (WRAPPED.test(type.essence)) {
    throw refuse("Content-Type", text, "be text, or NDJSON for many messages");
  }
  const charset = type.params.get("charset");
  if (charset && !isUtf8(charset)) {
    throw refuse("Content-Type", text, "be UTF-8");
  }
  return LINES.test(type.essence) ? "lines" : "text";
}

/** Returns undefined for a malformed type. A header that was sent twice makes one. */
function parse(text: string): MIMEType | undefined {
  try {
    return new MIMEType(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Whether a charset's label is one of those of UTF-8: https://encoding.spec.whatwg.org/#names-and-labels */
function isUtf8(label: string): boolean {
  try {
    return new TextDecoder(label).encoding === "utf-8";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function refuse(
  header: string,
  value: string,
  rule: string,
  headers: Record<string, string> = {},
): HttpError {
  return new HttpError(
    415,
    `Cannot take a body with ${header} ${
      JSON.stringify(value)
    }: it must ${rule}`,
    headers,
  );
}
