import { concat } from "@std/bytes/concat";

const encoder = new TextEncoder();
const PREFACE = encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A frame of HTTP/2: https://www.rfc-editor.org/rfc/rfc9113#section-4.1 */
function frame(
  type: number,
  flags: number,
  stream: number,
  payload = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(9 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length << 8 | type);
  view.setUint8(4, flags);
  view.setUint32(5, stream);
  bytes.set(payload, 9);
  return bytes;
}

/** A field without compression: https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2 */
function field(name: string, value: string): Uint8Array<ArrayBuffer> {
  const [n, v] = [encoder.encode(name), encoder.encode(value)];
  return concat([
    new Uint8Array([0, n.length]),
    n,
    new Uint8Array([v.length]),
    v,
  ]);
}

/** What a client sends to begin a connection. */
export const CONNECT = concat([PREFACE, frame(4, 0, 0)]);

/** The head of a request, with a body to follow unless it is the end. */
export function headers(
  fields: readonly (readonly [string, string])[],
  { stream = 1, isLast = false } = {},
) {
  return frame(
    1,
    isLast ? 5 : 4,
    stream,
    concat(fields.map(([name, value]) => field(name, value))),
  );
}

/** A part of the body on stream 1. */
export function data(text: string, isLast: boolean) {
  return frame(0, isLast ? 1 : 0, 1, encoder.encode(text));
}

/** Resets stream 1 with an error code: https://www.rfc-editor.org/rfc/rfc9113#section-7 */
export function reset(code: number) {
  return frame(3, 0, 1, new Uint8Array([0, 0, 0, code]));
}

/** Says that the connection ends. */
export const GO_AWAY = frame(7, 0, 0, new Uint8Array(8));
