import { findChromium, launch } from "../support/chromium.ts";
import { belowPath } from "./below_path.ts";
import { checkBelowPath, checkSlash } from "./check_below_path.ts";
import { checkRestart, checkTabs } from "./check_in_browser.ts";
import { checkAddress, checkUpload, STREAM_CHECKS } from "./check_streams.ts";
import { ProxiedChime, VERSIONS } from "./proxied_chime.ts";
import type { Proxy } from "./proxy.ts";
import { missingOf } from "./start_proxy.ts";

const executable = await findChromium();

/** Opens a browser that takes a certificate that nobody has signed. */
async function openBrowser() {
  const browser = await launch(executable!);
  return {
    context: await browser.newContext({ ignoreHTTPSErrors: true }),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/**
 * Registers the tests of a proxy with its file of `deploy/` in front of a real Chime: that streams pass at once and stay,
 * that Chime hears who comes and who goes, that 16 tabs have a stream each, that an `EventSource` outlives a restart, and
 * that Chime may be below a path.
 */
export async function testProxy(proxy: Proxy): Promise<void> {
  const missing = await missingOf(proxy);
  const register = (
    what: string,
    reason: string | undefined,
    fn: (t: Deno.TestContext) => Promise<void>,
  ) =>
    Deno.test({
      name: `${proxy.name}: ${what}${reason ? ` (skipped: ${reason})` : ""}`,
      ignore: reason !== undefined,
      fn,
    });
  const noBrowser = missing ?? (executable ? undefined : "no Chromium");

  register("streams pass at once, and stay", missing, async (t) => {
    await using at = await ProxiedChime.start(proxy);
    for (const version of VERSIONS) {
      using client = at.client(version);
      for (const [name, check] of Object.entries(STREAM_CHECKS)) {
        await t.step(`${name}, over ${version}`, () => check(at, client));
      }
      await t.step({
        name: `Chime sees a publish before its end, over ${version}`,
        ignore: proxy.holdsBodies ?? false,
        fn: () => checkUpload(at, client),
      });
    }
    await t.step(
      "Chime learns a client's address from a trusted proxy alone",
      () => checkAddress(at),
    );
  });

  register("a browser's streams", noBrowser, async (t) => {
    await using at = await ProxiedChime.start(proxy);
    await using browser = await openBrowser();
    const { context } = browser;
    await t.step(
      "16 tabs have one each, over HTTP/2",
      () => checkTabs(at, context),
    );
    await t.step(
      "an EventSource outlives Chime, and misses nothing",
      () => checkRestart(at, context),
    );
  });

  register("below a path", noBrowser, async (t) => {
    await using at = await ProxiedChime.start(proxy, belowPath(proxy));
    await using browser = await openBrowser();
    await t.step(
      "the page works",
      () => checkBelowPath(at, browser.context),
    );
    await t.step("a missing slash is added", () => checkSlash(at));
  });
}
