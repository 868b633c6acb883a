import { AccessFileError } from "../access_file_error.ts";
import type { JwtKey } from "./jwt_key.ts";
import { KeySetUrl } from "./key_set_url.ts";
import { readKeys } from "./read_keys.ts";

/** The keys that JWTs are verified with, from files and URLs. */
export class JwtKeys implements Disposable {
  readonly #own: readonly JwtKey[];
  readonly #urls: readonly KeySetUrl[];
  #onChange: (keys: readonly JwtKey[]) => void = () => {};

  private constructor(own: readonly JwtKey[], urls: readonly URL[]) {
    this.#own = own;
    this.#urls = urls.map((url) =>
      new KeySetUrl(url, () => this.#onChange(this.keys))
    );
  }

  /**
   * Reads the keys. A URL that cannot be read now is read later.
   *
   * @param places Files, and URLs of JWKS.
   * @throws {AccessFileError} where a file cannot be read, or holds no key that can be used.
   */
  static async open(places: readonly string[]): Promise<JwtKeys> {
    const isUrl = (place: string) => /^https?:\/\//i.test(place);
    const own = await Promise.all(
      places.filter((place) => !isUrl(place)).map(readFile),
    );
    const urls = places.filter(isUrl).map((place) => new URL(place));
    const keys = new JwtKeys(own.flat(), urls);
    await Promise.all(keys.#urls.map((url) => url.read()));
    return keys;
  }

  /** All keys that are known. */
  get keys(): readonly JwtKey[] {
    return [...this.#own, ...this.#urls.flatMap(({ keys }) => keys ?? [])];
  }

  /** @param onChange Called from now on with all keys when they have changed. */
  follow(onChange: (keys: readonly JwtKey[]) => void): void {
    this.#onChange = onChange;
  }

  /**
   * Reads the URLs again for an unknown key, each of them at most every 30 s.
   *
   * @returns Whether each could be read at least once.
   */
  async refresh(): Promise<boolean> {
    await Promise.all(this.#urls.map((url) => url.refresh()));
    return this.#urls.every(({ keys }) => keys !== undefined);
  }

  [Symbol.dispose](): void {
    this.#onChange = () => {};
    for (const url of this.#urls) url[Symbol.dispose]();
  }
}

async function readFile(path: string): Promise<JwtKey[]> {
  try {
    return readKeys(await Deno.readFile(path));
  } catch (error) {
    throw new AccessFileError("key for JWTs", path, error);
  }
}
