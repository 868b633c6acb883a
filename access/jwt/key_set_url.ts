import { log } from "../../log/log.ts";
import { messageOf } from "../access_file_error.ts";
import { readObject } from "../read_rights.ts";
import type { JwtKey } from "./jwt_key.ts";
import { readKeySet } from "./read_keys.ts";
import { UnsafeKeyError } from "./unsafe_key_error.ts";

/** How large a JWKS may be, in bytes. */
const MAX_BYTES = 256 * 1024;
/** How long reading it may take, in ms. */
const MAX_MS = 5_000;
/** How often it is read, in ms. */
const INTERVAL_MS = 10 * 60_000;
/** How often it is read while it cannot be read, in ms. */
const RETRY_MS = 30_000;
/** How long it is not read again for an unknown key after it was read for one, in ms: anybody can name unknown keys. */
const MIN_PAUSE_MS = 30_000;

/** A JWKS at a URL. While it cannot be read, the keys that were read last stay. */
export class KeySetUrl implements Disposable {
  readonly #url: URL;
  readonly #onChange: () => void;
  #keys: readonly JwtKey[] | undefined;
  /** The text that the keys were read from. */
  #text = "";
  /** When it was last read for an unknown key. */
  #refreshedMs = -Infinity;
  #reading: Promise<void> | undefined;
  #fault: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = true;

  /** @param onChange Called when there are other keys. */
  constructor(url: URL, onChange: () => void) {
    this.#url = url;
    this.#onChange = onChange;
  }

  /** The keys that were read last; nothing before the first time. */
  get keys(): readonly JwtKey[] | undefined {
    return this.#keys;
  }

  /** Reads it now, and again every 10 min. Resolves when it was read, whatever came of it. */
  read(): Promise<void> {
    return this.#reading ??= this.#attempt();
  }

  /** Reads it for an unknown key, unless that was done less than 30 s ago. Resolves as {@linkcode read} does. */
  async refresh(): Promise<void> {
    if (this.#reading) return await this.#reading;
    const now = performance.now();
    if (!this.#isOpen || now - this.#refreshedMs < MIN_PAUSE_MS) return;
    this.#refreshedMs = now;
    await this.read();
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  async #attempt(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const text = await fetchText(this.#url);
      if (text !== this.#text) {
        this.#keys = readPublicKeys(text);
        this.#text = text;
        log.info("the JWKS was read", {
          url: this.#shown,
          keys: this.#keys.length,
        });
        if (this.#isOpen) this.#onChange();
      } else if (this.#fault) {
        log.info("the JWKS can be read again", { url: this.#shown });
      }
      this.#fault = undefined;
    } catch (error) {
      this.#noteFault(reasonOf(error));
    } finally {
      this.#reading = undefined;
      const ms = this.#fault ? RETRY_MS : INTERVAL_MS;
      if (this.#isOpen) this.#timer = setTimeout(() => this.read(), ms);
    }
  }

  #noteFault(message: string): void {
    // The messages of `fetch` repeat the URL, whose query may hold a secret.
    const reason = message.replaceAll(this.#url.href, this.#shown);
    if (reason === this.#fault) return;
    this.#fault = reason;
    log.warn("the JWKS cannot be read, the keys stay as they are", {
      url: this.#shown,
      reason,
    });
  }

  /** The URL without what may be a secret. */
  get #shown(): string {
    return this.#url.origin + this.#url.pathname;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "it is no JSON";
  // `fetch` itself says only that it failed.
  return messageOf(error instanceof TypeError ? error.cause ?? error : error);
}

/** @throws {UnsafeKeyError} where there is a secret among the keys: whoever reads the URL could sign with it. */
function readPublicKeys(text: string): JwtKey[] {
  const keys = readKeySet(readObject(JSON.parse(text), "the JWKS"));
  if (!keys.some(({ jwk }) => jwk.kty === "oct")) return keys;
  throw new UnsafeKeyError(
    "Cannot use the JWKS: at a URL it must have no secret",
  );
}

async function fetchText(url: URL): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: "application/jwk-set+json, application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(MAX_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the answer is a ${response.status}`);
  }
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error("it has more than 256 KiB");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
