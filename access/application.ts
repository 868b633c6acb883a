import { log } from "../log/log.ts";
import {
  ForbiddenError,
  UnauthorizedError,
  UndecidedError,
} from "./access_error.ts";
import { messageOf } from "./access_file_error.ts";
import { AnswerCache } from "./answer_cache.ts";
import { readApplicationAnswer } from "./application_answer.ts";
import { cannot } from "./gate.ts";
import { httpGet } from "./http_get.ts";
import { Places, type PlacesOptions } from "./places.ts";
import type { Rights } from "./rights.ts";
import type { Application, Asking, Grant, Need } from "./source.ts";
import { digestOf } from "./token.ts";

/** How long the application may take to answer, in ms. */
const TIMEOUT_MS = 3_000;
/** How large its answer may be, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** The headers of a request that it gets, besides `Cookie`. */
const PASSED = [
  "authorization",
  "origin",
  "user-agent",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
];

/** Settings of {@linkcode HttpApplication}. All of it is plain data, so that it can be sent to another thread. */
export interface ApplicationSettings extends PlacesOptions {
  readonly url: string;
  /** In its one element, when the last line about a failure was logged, in s since the epoch. Threads share it. */
  readonly loggedAt: Uint32Array<SharedArrayBuffer>;
}

/** What the application decides. */
type Decision = Rights | "unauthorized" | "forbidden";

/** A question, with all that the answer may depend on. */
interface Question {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** The application, which is asked over HTTP. */
export class HttpApplication implements Application {
  readonly #settings: ApplicationSettings;
  readonly #trustsCookies: (asking: Asking) => boolean;
  readonly #places: Places;
  readonly #cache = new AnswerCache<Decision>();

  /** @param trustsCookies Whether a request's cookies are sent: {@linkcode cookieTrust}. */
  constructor(
    settings: ApplicationSettings,
    trustsCookies: (asking: Asking) => boolean,
  ) {
    this.#settings = settings;
    this.#trustsCookies = trustsCookies;
    this.#places = new Places(settings);
  }

  ask(asking: Asking, need: Need): Promise<Grant> {
    const names = this.#trustsCookies(asking) ? ["cookie", ...PASSED] : PASSED;
    const headers: Record<string, string> = {};
    for (const name of names) {
      const value = asking.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return this.#ask(headers, need);
  }

  async #ask(headers: Question["headers"], need: Need): Promise<Grant> {
    const decision = await this.#decide({ url: this.#urlOf(need), headers });
    const { action, channels } = need;
    if (decision === "unauthorized") {
      throw new UnauthorizedError(
        `${cannot(action, channels)}: the application wants a login`,
        { isWrong: false, missing: channels },
      );
    }
    if (decision === "forbidden") {
      throw new ForbiddenError(
        `${cannot(action, channels)}: the application does not allow it`,
        channels,
      );
    }
    if (decision.expires === undefined) return { rights: decision };
    return {
      rights: decision,
      renew: (need) => this.#ask(headers, need),
    };
  }

  async #decide(question: Question): Promise<Decision> {
    const key = digestOf(JSON.stringify([question.url, question.headers]));
    const kept = this.#cache.get(key);
    if (kept !== undefined && !hasExpired(kept)) return kept;
    try {
      return await this.#places.run(async () => {
        const { status, cacheControl, body } = await httpGet(question.url, {
          headers: question.headers,
          timeoutMs: TIMEOUT_MS,
          maxBytes: MAX_ANSWER_BYTES,
        });
        const decision = toDecision(status, body);
        this.#cache.set(key, decision, cacheControl);
        return decision;
      });
    } catch (error) {
      this.#noteFailure(messageOf(error));
      throw new UndecidedError(
        "Cannot tell for now whether this is allowed: the application gives no answer",
      );
    }
  }

  #urlOf({ action, channels }: Need): URL {
    const url = new URL(this.#settings.url);
    url.searchParams.append("action", action);
    for (const channel of channels) url.searchParams.append("channel", channel);
    return url;
  }

  /** Logs a failure, once a minute in all threads. */
  #noteFailure(reason: string): void {
    const { loggedAt } = this.#settings;
    const nowS = Math.floor(Date.now() / 1_000);
    const lastS = Atomics.load(loggedAt, 0);
    // The system's clock may have been set back.
    if (nowS >= lastS && nowS - lastS < 60) return;
    // Another thread may have been faster.
    if (Atomics.compareExchange(loggedAt, 0, lastS, nowS) !== lastS) return;
    log.warn(
      "the application cannot be asked: what needs its answer is refused for now",
      { reason },
    );
  }
}

/** @throws {Error} for an answer that decides nothing. */
function toDecision(status: number, body: Uint8Array): Decision {
  if (status === 200) return readApplicationAnswer(body);
  if (status === 403) return "forbidden";
  // Where a login is needed, applications redirect to its page.
  if (status === 401 || (status >= 300 && status < 400)) return "unauthorized";
  throw new Error(`it answered ${status}`);
}

function hasExpired(decision: Decision): boolean {
  return typeof decision === "object" && decision.expires !== undefined &&
    decision.expires <= Date.now();
}
