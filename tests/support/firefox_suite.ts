import type { Page } from "puppeteer-core";
import { findFirefox, launchFirefox } from "./firefox.ts";
import { startServer } from "./server_process.ts";

/** A page in Firefox. */
export interface FirefoxVisit extends AsyncDisposable {
  page: Page;
  /** Where its Chime is, such as `http://127.0.0.1:41235/`. It takes the token `t`. */
  url: string;
  /** Errors on the page that nothing caught. */
  faults: string[];
}

/** What the tests of one file use. */
export interface FirefoxSuite {
  /** Registers a test, which is ignored where there is no Firefox. */
  test(name: string, fn: () => Promise<void>): void;
  /** Opens a page in a Firefox of its own, at no address yet, beside a Chime of its own. */
  visit(): Promise<FirefoxVisit>;
}

/** Looks for Firefox, once for a file. */
export async function firefoxSuite(): Promise<FirefoxSuite> {
  const path = await findFirefox();
  return {
    test: (name, fn) =>
      Deno.test({ name: `${name} (Firefox)`, fn, ignore: !path }),
    async visit() {
      await using stack = new AsyncDisposableStack();
      const { url } = stack.use(
        await startServer(["--port", "0", "--token", "t"]),
      );
      const browser = await launchFirefox(path!);
      stack.defer(() => browser.close());
      const page = await browser.newPage();
      page.setDefaultTimeout(15_000);
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      const open = stack.move();
      return {
        page,
        url,
        faults,
        [Symbol.asyncDispose]: () => open.disposeAsync(),
      };
    },
  };
}
