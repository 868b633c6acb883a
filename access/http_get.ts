import { concat } from "@std/bytes/concat";

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly cacheControl: string;
  /** The body of a 200. Others are not read. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Options for {@linkcode httpGet}. */
export interface HttpGetOptions {
  /** The headers that are sent, besides `Host` and `Connection`. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the whole answer may take, in ms. */
  readonly timeoutMs: number;
  /** How large the body may be, in bytes. */
  readonly maxBytes: number;
}

/**
 * Sends a GET with exactly the headers given: `fetch` would add some of its own. Follows no redirect. Each request has a
 * connection of its own: one that was kept could be closed by the server at any moment.
 *
 * @throws {Error} where there is no whole answer in time, or where it is too large. The message holds no header.
 */
export async function httpGet(
  url: URL,
  { headers, timeoutMs, maxBytes }: HttpGetOptions,
): Promise<HttpAnswer> {
  // They take memory: who asks nobody goes without.
  const { request } = url.protocol === "https:"
    ? await import("node:https")
    : await import("node:http");
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const asked = request(url, { headers, agent: false });
  const fail = (reason: string) => reject(new Error(reason));
  const timer = setTimeout(
    () => fail(`it did not answer within ${timeoutMs / 1_000} s`),
    timeoutMs,
  );
  asked.on("error", reject);
  // What has been upgraded is no longer the request's to destroy.
  asked.on("upgrade", (_answer, socket) => {
    socket.destroy();
    fail("it answered 101");
  });
  asked.on("response", (answer) => {
    const { statusCode: status = 0 } = answer;
    const cacheControl = answer.headers["cache-control"] ?? "";
    if (status !== 200) {
      return resolve({ status, cacheControl, body: new Uint8Array() });
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    answer.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > maxBytes) fail(`its answer has more than ${maxBytes} bytes`);
      else chunks.push(chunk);
    });
    answer.on(
      "end",
      () => resolve({ status, cacheControl, body: concat(chunks) }),
    );
    answer.on("error", reject);
    answer.on("close", () => fail("its answer was cut off"));
  });
  asked.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    asked.destroy();
  }
}
