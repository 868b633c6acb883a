import { FakeTime } from "@std/testing/time";
import { wholeToken } from "../../access/token.ts";
import type { Journal } from "../../journal/journal.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { CapturedLog } from "./captured_log.ts";
import { Instance, type InstanceDependencies } from "../../server/instance.ts";
import type { InstanceOptions } from "../../server/serve_options.ts";
import { SharedCounts } from "../../server/shared_counts.ts";
import { NO_LIMITS, RETENTION } from "./serve_options.ts";

/** The token that publishers need here. */
export const TOKEN = "the-token";

/** The client of every request here. */
export const CLIENT = { address: "192.0.2.7" };

/** Chime without a process or a socket, under fake time that begins at 2026-11-22 05:30:20.400 UTC. */
export interface InProcess extends AsyncDisposable {
  readonly time: FakeTime;
  readonly instance: Instance;
  readonly journal: Journal;
  /** What it logs. */
  readonly log: CapturedLog;
  /** Answers a request for a path. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** As {@linkcode request}, with the target as it is written, which `Request` would change. */
  raw(target: string, init?: RequestInit): Promise<Response>;
  /** Publishes with the token, and with further headers. */
  publish(
    path: string,
    body: BodyInit,
    type?: string,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

type InProcessOptions =
  & InstanceOptions
  & Pick<InstanceDependencies, "journal" | "main">
  & { maxStreams: number };

/** Makes a Chime, with other options and dependencies where named. */
export function inProcess(
  options: Partial<InProcessOptions> = {},
): InProcess {
  const log = new CapturedLog();
  const time = new FakeTime("2026-11-22T05:30:20.400Z");
  const {
    journal = new MemoryJournal(RETENTION),
    main,
    maxStreams = Infinity,
    ...others
  } = options;
  const instance = new Instance({
    version: "1.2.3",
    access: { isPrivate: [], tokens: [wholeToken(TOKEN)] },
    maxBodyBytes: 1_000,
    heartbeatS: 8,
    retention: RETENTION,
    corsOrigins: [],
    accessLog: false,
    allowedHosts: [],
    basePath: "",
    limits: { ...NO_LIMITS, maxStreams },
    ...others,
  }, { journal, counts: SharedCounts.alone(10), ...(main && { main }) });
  const request = (path: string, init?: RequestInit) =>
    instance.answer(
      withFraming(new Request(`http://chime.test${path}`, init), init?.body),
      CLIENT,
    );
  return {
    time,
    instance,
    journal,
    log,
    request,
    raw: (target, init) =>
      instance.answer(
        withUrl(
          new Request("http://chime.test/", init),
          `http://chime.test${target}`,
        ),
        CLIENT,
      ),
    publish: (path, body, type = "text/plain", headers = {}) =>
      request(path, {
        method: "POST",
        body,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": type,
          ...headers,
        },
      }),
    async [Symbol.asyncDispose]() {
      instance[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
      time[Symbol.dispose]();
      log[Symbol.dispose]();
    },
  };
}

/** A request with the header that says where its body ends, as an HTTP/1.1 client sends it. */
function withFraming(request: Request, body: BodyInit | null = null): Request {
  const { headers } = request;
  const isFramed = headers.has("content-length") ||
    headers.has("transfer-encoding");
  if (isFramed) return request;
  if (body instanceof ReadableStream) {
    headers.set("transfer-encoding", "chunked");
  } else if (request.method === "POST") {
    const bytes = typeof body === "string"
      ? new TextEncoder().encode(body)
      : body as Uint8Array | null;
    headers.set("content-length", `${bytes?.length ?? 0}`);
  }
  return request;
}

/** A Chime that opens no stream for now. */
export function refusing(state: "draining" | "overloaded"): InProcess {
  const chime = inProcess(state === "overloaded" ? { maxStreams: 0 } : {});
  if (state === "draining") chime.instance.drain();
  return chime;
}

/** A request whose URL is as it is written, as `Deno.serve` hands it on. */
export function withUrl(request: Request, url: string): Request {
  return Object.defineProperty(request, "url", { value: url });
}
