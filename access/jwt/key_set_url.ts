import { log } from "../../log/log.ts";
import { messageOf } from "../access_file_error.ts";
import { readObject } from "../read_rights.ts";
import type { JwtKey } from "./jwt_key.ts";
import { readKeySet } from "./read_keys.ts";

/** How large a JWKS may be, in bytes. */
const MAX_BYTES = 256 * 1024;
/** How long reading it may take, in ms. */
const MAX_MS = 5_000;
/** How often it is read, in ms. */
const INTERVAL_MS = 10 * 60_000;
/** How often it is read at most: where a key is unknown, or where it could not be read, in ms. */
const MIN_INTERVAL_MS = 30_000;

/** A JWKS at a URL. While it cannot be read, the keys that were read last stay. */
export class KeySetUrl implements Disposable {
  readonly #url: URL;
  readonly #onChange: () => void;
  #keys: readonly JwtKey[] | undefined;
  /** The text that the keys were read from. */
  #text = "";
  #startedMs = -Infinity;
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

  /** Reads it again, unless that was done less than 30 s ago, and resolves when it is done, whatever came of it. */
  async refresh(): Promise<void> {
    const isDue = performance.now() - this.#startedMs >= MIN_INTERVAL_MS;
    if (isDue && this.#isOpen) this.#reading ??= this.#attempt();
    await this.#reading;
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  async #attempt(): Promise<void> {
    this.#startedMs = performance.now();
    clearTimeout(this.#timer);
    try {
      const text = await fetchText(this.#url);
      if (text !== this.#text) {
        this.#keys = readKeySet(readObject(JSON.parse(text), "the JWKS"));
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
      this.#noteFault(
        error instanceof SyntaxError ? "it is no JSON" : messageOf(error),
      );
    } finally {
      this.#reading = undefined;
      const ms = this.#fault ? MIN_INTERVAL_MS : INTERVAL_MS;
      if (this.#isOpen) {
        this.#timer = setTimeout(() => this.refresh(), ms);
      }
    }
  }

  #noteFault(reason: string): void {
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
