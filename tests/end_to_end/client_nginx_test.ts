import { assert, assertEquals } from "@std/assert";
import type {
  ChimeSource as TypedSource,
  FailedEvent,
} from "../../client/client.d.ts";
import { ChimeSource } from "../../static/client.js";
import { freePort } from "../support/free_port.ts";
import { hasNginx, startNginx } from "../support/nginx.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { until } from "../support/until.ts";

const Source = ChimeSource as unknown as typeof TypedSource;

Deno.test({
  name:
    `The client behind nginx outlives a 502, at which an EventSource stops for good, and has every event once${
      hasNginx ? "" : " (skipped: no nginx)"
    }`,
  ignore: !hasNginx,
  async fn() {
    await using stack = new AsyncDisposableStack();
    const { folder, file } = stack.use(await sqliteFolder());
    const [port, front] = [freePort(), freePort()];
    const start = () =>
      startServer([
        ...["--port", `${port}`, "--token", "t", "--journal", `sqlite:${file}`],
      ]);
    let chime = await start();
    stack.defer(() => chime[Symbol.asyncDispose]());
    const http = `  server {
    listen 127.0.0.1:${front};
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }
`;
    stack.use(await startNginx(folder, http, [front]));

    const source = new Source(`http://127.0.0.1:${front}/sse/news`);
    stack.defer(() => source.close());
    const heard: string[] = [];
    const states: string[] = [];
    const refusals: unknown[] = [];
    source.onmessage = ({ data }) => heard.push(data);
    source.onerror = ({ status }: FailedEvent) => refusals.push(status);
    source.addEventListener("status", ({ state }) => states.push(state));
    await until(() => states.includes("live"));
    let sent = 0;
    const send = async () => {
      for (let i = 0; i < 5; i++) {
        await publish(chime.url, "news", `${++sent}`);
      }
    };

    await send();
    await chime.kill("SIGKILL");
    await until(() => refusals.includes(502));
    chime = await start();
    await send();
    await until(() => states.includes("resumed"));
    await send();
    await until(() => heard.length >= sent);
    assertEquals(heard, Array.from({ length: sent }, (_, i) => `${i + 1}`));
    assert(!states.includes("reset"));
  },
});
