import { join } from "node:path";
import { freePort } from "../../support/free_port.ts";
import { publish } from "../../support/publish.ts";
import {
  type ServerProcess,
  startServer,
} from "../../support/server_process.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";

const TOKEN = "t";

/** A Chime with a SQLite file, and what acts for the suite's cases, wherever those run. */
export interface Control extends AsyncDisposable {
  readonly url: string;
}

export async function startControl(): Promise<Control> {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request): Promise<Response> =>
      request.method === "POST"
        ? Response.json(await act(request) ?? null)
        : await getFile(request, chime.url),
  );
  const { port: ownPort } = server.addr;
  const start = () =>
    startServer([
      ...["--port", `${port}`, "--token", TOKEN, "--private", "private.*"],
      ...["--journal", `sqlite:${join(folder, "chime.db")}`],
      ...["--cors-origin", `http://127.0.0.1:${ownPort}`],
    ]);
  let chime: ServerProcess = await start();
  const proxies: TcpProxy[] = [];

  const act = async (request: Request): Promise<unknown> => {
    const { pathname, searchParams } = new URL(request.url);
    const channel = searchParams.get("channel")!;
    const proxy = proxies[Number(searchParams.get("id"))]!;
    switch (pathname) {
      case "/proxy": {
        const { url } = proxies[proxies.length] = new TcpProxy(port);
        return { id: proxies.length - 1, url };
      }
      case "/drop":
        return proxy.drop();
      case "/silence":
        return proxy.silence();
      case "/publish": {
        const event = searchParams.get("event");
        const target = `${channel}?event=${event}`;
        return await publish(chime.url, target, await request.text(), TOKEN);
      }
      case "/ticket":
        return await makeTicket(chime.url, channel);
      case "/restart":
        await chime.kill("SIGKILL");
        chime = await start();
        return;
      default:
        throw new Error(`Cannot ${pathname}`);
    }
  };
  return {
    url: `http://127.0.0.1:${ownPort}/`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
      await chime[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Sends the suite, or a page of another origin than Chime's that runs it. */
async function getFile({ url }: Request, chime: string): Promise<Response> {
  const isSuite = url.endsWith(".mjs");
  const html = `<!doctype html><link rel="icon" href="data:,">
    <script type="module">
      import { ChimeSource } from "${chime}client.js";
      import { runSuite } from "/suite.mjs";
      globalThis.results = runSuite(ChimeSource, location.href);
    </script>`;
  const body = isSuite
    ? await Deno.readTextFile(new URL("suite.mjs", import.meta.url))
    : html;
  const type = isSuite ? "text/javascript" : "text/html";
  return new Response(body, { headers: { "content-type": type } });
}

async function makeTicket(url: string, channel: string): Promise<string> {
  const response = await fetch(`${url}tickets`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ subscribe: [channel] }),
  });
  return (await response.json()).ticket;
}
