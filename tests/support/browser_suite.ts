import type { BrowserContextOptions, Page } from "playwright-core";
import { findChromium, launch } from "./chromium.ts";
import { startServer } from "./server_process.ts";

/** A page and all that went wrong on it. */
export interface Visit extends AsyncDisposable {
  page: Page;
  /** Where its Chime is, such as `http://127.0.0.1:41235/`. It takes the token `t`. */
  url: string;
  /** Errors in the console, uncaught ones, requests that failed and those that went elsewhere. */
  faults: string[];
}

/** What the tests of one file use. */
export interface BrowserSuite {
  /** Registers a test, which is ignored where there is no browser. */
  test(name: string, fn: () => Promise<void>): void;
  /**
   * Opens a page in a browser of its own, at no address yet; relative ones are those of a Chime of its own. Nothing is
   * shared between tests: the pipes to a process that outlives a test would look like a leak.
   */
  visit(options?: BrowserContextOptions): Promise<Visit>;
}

/** Looks for a browser, once for a file. */
export async function browserSuite(): Promise<BrowserSuite> {
  const executable = await findChromium();
  return {
    test: (name, fn) => Deno.test({ name, fn, ignore: !executable }),
    async visit(options) {
      await using stack = new AsyncDisposableStack();
      const server = stack.use(
        await startServer(["--port", "0", "--token", "t"]),
      );
      const browser = await launch(executable!);
      stack.defer(() => browser.close());
      const context = await browser.newContext({
        baseURL: server.url,
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const faults = watch(page, server.url);
      const open = stack.move();
      return {
        page,
        url: server.url,
        faults,
        [Symbol.asyncDispose]: () => open.disposeAsync(),
      };
    },
  };
}

/** Keeps what goes wrong on the page from now on. */
function watch(page: Page, base: string): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base)) faults.push(`to ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // The page closes streams, and leaving it ends what is on the way: that is no failure.
    if (reason !== "net::ERR_ABORTED") {
      faults.push(`${request.url()}: ${reason}`);
    }
  });
  return faults;
}
