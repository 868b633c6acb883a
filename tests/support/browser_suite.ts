import type { BrowserContextOptions, Page } from "playwright-core";
import { findChromium, launch } from "./chromium.ts";
import { startServer } from "./server_process.ts";

/** A page, and the errors on it. */
export interface Visit extends AsyncDisposable {
  page: Page;
  /** The URL of its Chime, such as `http://127.0.0.1:41235/`. The token is `t`. */
  url: string;
  /** Errors in the console, uncaught errors, requests that failed, and requests to other servers. */
  faults: string[];
}

/** The browser of one file of tests. */
export interface BrowserSuite {
  /** Registers a test, which is ignored if there is no browser. */
  test(name: string, fn: () => Promise<void>): void;
  /**
   * Opens an empty page in a new browser. Relative addresses are those of a new Chime. Tests share nothing: the pipes
   * to a process that outlives a test would look like a leak.
   */
  visit(options?: BrowserContextOptions): Promise<Visit>;
}

/** Looks for a browser, once for each file of tests. */
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

/** Collects the errors of the page from now on. */
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
    // The page closes streams, and leaving it cuts requests off: that is no failure.
    if (reason !== "net::ERR_ABORTED") {
      faults.push(`${request.url()}: ${reason}`);
    }
  });
  return faults;
}
