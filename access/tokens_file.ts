import { log } from "../log/log.ts";
import { AccessFileError, messageOf } from "./access_file_error.ts";
import { readTokens } from "./read_tokens.ts";
import { digestOf, type Token } from "./token.ts";

/** How often the file is looked at, in ms. A watch of the system goes deaf when another file takes the name. */
const LOOK_MS = 5_000;
/** A file that was changed so short a time ago may change again without looking different, in ms. */
const FRESH_MS = 2_000;

/** A file of tokens, which is read again whenever it has changed. What cannot be used changes nothing. */
export class TokensFile implements Disposable {
  readonly #path: string;
  #onChange: (tokens: readonly Token[]) => void = () => {};
  #tokens: readonly Token[] = [];
  /** What the file looked like when it was read last. */
  #look = "";
  /** The hash of what was read last. */
  #digest = "";
  /** Why the file could not be used the last time. */
  #fault: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads the file, and looks at it every 5 s from then on.
   *
   * @throws {AccessFileError} where it cannot be read, or where it holds no list of tokens.
   */
  static async open(path: string): Promise<TokensFile> {
    const file = new TokensFile(path);
    try {
      await file.#readIfChanged();
    } catch (error) {
      throw new AccessFileError("file of tokens", path, error);
    }
    file.#timer = setInterval(() => file.#check(), LOOK_MS);
    return file;
  }

  /** The tokens that the file held when it could be used last. */
  get tokens(): readonly Token[] {
    return this.#tokens;
  }

  /** @param onChange Called from now on with all tokens when they have changed. */
  follow(onChange: (tokens: readonly Token[]) => void): void {
    this.#onChange = onChange;
  }

  /** Reads the file now, whether it looks changed or not. Resolves when that is done, also where it cannot be used. */
  reload(): Promise<void> {
    return this.#check(() => this.#look = "");
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#onChange = () => {};
  }

  /**
   * One check after another: two at once could bring the older tokens last.
   *
   * @param begin Called when it is this one's turn.
   */
  #check(begin = () => {}): Promise<void> {
    return this.#turn = this.#turn.then(async () => {
      begin();
      try {
        if (await this.#readIfChanged()) {
          log.info("the tokens were read", { tokens: this.#tokens.length });
          this.#onChange(this.#tokens);
        }
      } catch (error) {
        this.#noteFault(messageOf(error));
      }
    });
  }

  async #readIfChanged(): Promise<boolean> {
    const { look, isFresh } = await lookAt(this.#path);
    if (look === this.#look) return false;
    const text = await Deno.readTextFile(this.#path);
    // Taken before the text, so that a change in between shows the next time.
    this.#look = isFresh ? "" : look;
    const digest = digestOf(text);
    if (digest === this.#digest) return false;
    this.#digest = digest;
    this.#tokens = readTokens(text);
    this.#fault = undefined;
    return true;
  }

  #noteFault(reason: string): void {
    // A file that comes back as it was is read again, so that the log says that it can be used.
    this.#look = this.#digest = "";
    if (reason === this.#fault) return;
    this.#fault = reason;
    log.warn("the file of tokens cannot be used, the tokens stay as they are", {
      file: this.#path,
      reason,
    });
  }
}

/** What tells one version of the file from another. Links are followed, as a link may be changed to another file. */
async function lookAt(path: string) {
  const { ino, size, mtime } = await Deno.stat(path);
  const changedMs = mtime?.getTime() ?? Date.now();
  return {
    look: `${ino} ${size} ${changedMs}`,
    isFresh: Math.abs(Date.now() - changedMs) < FRESH_MS,
  };
}
