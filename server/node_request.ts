import type { IncomingMessage } from "node:http";

/**
 * The `Request` of a message, as `Deno.serve` makes it: the URL is the target as it was sent, with `http://` and `Host`
 * before it, and the method may be any. `new Request` alone would change the URL, throw for some methods and for a GET
 * with a body, and take five times as long: headers are read only when they are asked for.
 */
export class NodeRequest extends Request {
  readonly #message: IncomingMessage;
  readonly #host: string;
  #headers: Headers | undefined;

  /**
   * @param message The body of a GET or a HEAD is left out.
   * @param host The server's own name, for a message that names none.
   * @param onRead Called before the body is read.
   */
  constructor(message: IncomingMessage, host: string, onRead?: () => void) {
    super("http://localhost/", toInit(message, onRead));
    this.#message = message;
    this.#host = host;
  }

  override get method(): string {
    return this.#message.method!;
  }

  override get url(): string {
    const target = this.#message.url!;
    const host = this.headers.get("host") || this.#host;
    if (target.startsWith("/")) return `http://${host}${target}`;
    // `OPTIONS *`
    return target === "*" ? `http://${host}/*` : target;
  }

  override get headers(): Headers {
    return this.#headers ??= toHeaders(this.#message);
  }
}

function toInit(
  message: IncomingMessage,
  onRead?: () => void,
): RequestInit | undefined {
  const { method, rawHeaders } = message;
  const hasBody = method !== "GET" && method !== "HEAD" &&
    rawHeaders.some((text, i) => i % 2 === 0 && FRAMING.test(text));
  if (!hasBody) return undefined;
  const chunks = chunksOf(message, onRead);
  return { method: "POST", body: ReadableStream.from(chunks) };
}

async function* chunksOf(
  message: IncomingMessage,
  onRead?: () => void,
): AsyncGenerator<Uint8Array> {
  onRead?.();
  // Canceling the body does not destroy the connection, so that an answer can still be sent.
  yield* message.iterator({ destroyOnReturn: false });
}

/** The names of headers that come with a body. */
const FRAMING = /^(?:content-length|transfer-encoding)$/i;

const COOKIE = /^cookie$/i;

function toHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]!, rawHeaders[i + 1]!];
    const cookies = COOKIE.test(name) && headers.get(name);
    // Several are joined in a way of their own: https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3
    if (cookies) headers.set(name, `${cookies}; ${value}`);
    else headers.append(name, value);
  }
  return headers;
}
