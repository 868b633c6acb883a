import { MIMEType } from "node:util";
import { HttpError } from "./http_error.ts";

/** NDJSON by each of its names, of which none is registered. */
const LINES = /^(?:application|text)\/(?:x-)?(?:ndjson|jsonl|jsonlines)$/;
/** What holds several messages, each in a wrapping that nobody should get as an event. */
const WRAPPED = /^multipart\/|^application\/json-seq$/;

/**
 * Reads off the headers whether a body is one message, or one a line.
 *
 * @throws {HttpError} 415 for a body that is not UTF-8 text as it is: it would be published as something else.
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

/** Nothing where it is malformed, as it is where the header was sent twice. */
function parse(text: string): MIMEType | undefined {
  try {
    return new MIMEType(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Whether a charset is UTF-8, by any of its labels: https://encoding.spec.whatwg.org/#names-and-labels */
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
