import { findChromium, launch } from "./chromium.ts";
import type { AnyPage } from "./clock_page.ts";
import { findFirefox, launchFirefox } from "./firefox.ts";
import { type ServerProcess, startServer } from "./server_process.ts";
import { TcpProxy } from "./tcp_proxy.ts";

/** A page in either browser that reaches its Chime through a proxy. */
export interface ProxiedPage extends AnyPage {
  goto(url: string): Promise<unknown>;
}

/** What a test is given. */
export interface Proxied {
  page: ProxiedPage;
  proxy: TcpProxy;
  /** The Chime beyond the proxy. It takes the token `t`. */
  server: ServerProcess;
  /** Has the page run this before its own scripts, whenever it is loaded. */
  before(fn: (arg: number) => void, arg?: number): Promise<unknown>;
}

/** A browser by its name, and what opens a page in it. That is absent where the browser is missing. */
export type Browser = readonly [
  name: string,
  open:
    | ((
      stack: AsyncDisposableStack,
    ) => Promise<Pick<Proxied, "page" | "before">>)
    | undefined,
];

/** Looks for both browsers. */
export async function findBrowsers(): Promise<readonly Browser[]> {
  const chromium = await findChromium();
  const firefox = await findFirefox();
  return [
    [
      "Chromium",
      chromium === undefined ? undefined : async (stack) => {
        const browser = await launch(chromium);
        stack.defer(() => browser.close());
        const page = await browser.newPage();
        return { page, before: (fn, arg = 0) => page.addInitScript(fn, arg) };
      },
    ],
    [
      "Firefox",
      firefox === undefined ? undefined : async (stack) => {
        const browser = await launchFirefox(firefox);
        stack.defer(() => browser.close());
        // A download would stay in the home directory.
        const context = await browser.createBrowserContext({
          downloadBehavior: { policy: "deny" },
        });
        const page = await context.newPage();
        return {
          page,
          before: (fn, arg = 0) => page.evaluateOnNewDocument(fn, arg),
        };
      },
    ],
  ];
}

/** Looks for both browsers. What it returns registers a test for each, ignored where that browser is missing. */
export async function bothBrowsers(): Promise<
  (name: string, fn: (proxied: Proxied) => Promise<void>) => void
> {
  const browsers = await findBrowsers();
  return (name, fn) => {
    for (const [browser, open] of browsers) {
      Deno.test({
        name: `${name} (${browser})`,
        ignore: !open,
        async fn() {
          await using stack = new AsyncDisposableStack();
          const server = stack.use(
            await startServer(["--port", "0", "--token", "t"]),
          );
          const proxy = stack.use(new TcpProxy(server.port));
          await fn({ ...await open!(stack), proxy, server });
        },
      });
    }
  };
}
