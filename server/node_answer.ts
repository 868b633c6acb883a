import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { MAX_DROPPING_MS } from "./drop_body.ts";
import { HttpError } from "../routes/http_error.ts";
import { REQUEST_ID } from "../routes/request_id.ts";

/** Statuses without a body and its length: https://www.rfc-editor.org/rfc/rfc9110#section-8.6 */
const BODILESS = [204, 304];

/**
 * Sends a response whose body is not a stream, unless its client has left. A body of several chunks is taken as fast as
 * its client takes it.
 */
export async function sendResponse(
  answer: ServerResponse,
  response: Response,
): Promise<void> {
  const reader = response.body?.getReader();
  const first = await reader?.read();
  const second = first?.done === false ? await reader!.read() : undefined;
  const isWhole = second?.done !== false;
  if (answer.destroyed) return await reader?.cancel();
  const { status } = response;
  const head = toHead(response);
  if (isWhole && !BODILESS.includes(status)) {
    head.push("content-length", `${first?.value?.length ?? 0}`);
  }
  answer.writeHead(status, head);
  const isHead = answer.req.method === "HEAD";
  if (isHead) await reader?.cancel();
  else if (!isWhole) {
    answer.write(first!.value);
    await sendChunks(answer, second.value, reader!);
  }
  if (!answer.destroyed) answer.end(isWhole ? first?.value : undefined);
}

/**
 * Sends chunks, each once the client has taken those before it. Where the body fails, also while its client takes nothing,
 * the answer is cut: whoever made the body has logged why.
 */
async function sendChunks(
  answer: ServerResponse,
  second: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
  let chunk: Uint8Array | undefined = second;
  try {
    while (chunk && !answer.destroyed) {
      if (!answer.write(chunk)) {
        await Promise.race([drained(answer), reader.closed]);
      }
      chunk = (await reader.read()).value;
    }
    if (answer.destroyed) await reader.cancel();
  } catch {
    answer.destroy();
  }
}

/** Resolves when everything written was taken, or the client has left. */
function drained(answer: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      answer.off("drain", settle).off("close", settle);
      resolve();
    };
    answer.on("drain", settle).on("close", settle);
  });
}

/** Sends the head of a stream. The connection is closed at its end, as nothing else is sent on it. */
export function sendStreamHead(
  answer: ServerResponse,
  response: Response,
): void {
  answer.shouldKeepAlive = false;
  answer.writeHead(response.status, toHead(response));
  // The head is otherwise sent with the first write to the answer, and a stream writes to the socket.
  answer.flushHeaders();
}

/** Names and values in turn, as `writeHead` takes them without keeping them. */
function toHead({ headers }: Response): string[] {
  const head: string[] = [];
  // Iterating takes twice as long.
  headers.forEach((value, name) => head.push(name, value));
  return head;
}

/**
 * The refusal of what cannot be parsed.
 *
 * @param code Says why, as `node:http` names it.
 */
export function toParseError(code: string | undefined): HttpError {
  return code === "HPE_HEADER_OVERFLOW"
    ? new HttpError(431, "Cannot read the request: its head is too large")
    : new HttpError(
      400,
      "Cannot read the request: it must be well-formed HTTP/1.1",
    );
}

/** Sends a refusal of what no `Request` can be made of, and closes the connection, after 1 s also if the client does not. */
export async function refuse(
  socket: Socket,
  error: HttpError,
  requestId: string,
): Promise<void> {
  // Node has taken its own listener away. That the client has left is no error.
  socket.on("error", () => socket.destroy());
  // Nothing more is read. If the client still sends, it has that long to see the answer.
  socket.pause();
  const timer = setTimeout(() => socket.destroy(), MAX_DROPPING_MS);
  socket.once("close", () => clearTimeout(timer));
  const response = error.toResponse(requestId);
  response.headers.set(REQUEST_ID, requestId);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("connection", "close");
  const body = await response.text();
  response.headers.set("content-length", `${body.length}`);
  const lines = [...response.headers].map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  const { status } = error;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${
      lines.join("")
    }\r\n${body}`,
  );
}
