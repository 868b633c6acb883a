import { assert, assertEquals, assertMatch } from "@std/assert";
import { once } from "node:events";
import { connect } from "node:net";
import { EventReader } from "../support/event_reader.ts";
import { LISTENER } from "../support/listener.ts";
import { untilLogged } from "../support/log_lines.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

const CLIENTS = 200;
const HEAD = "GET /healthz HTTP/1.1\r\nHost: h\r\n";

for (const workers of [1, 2]) {
  Deno.test(`${CLIENTS} clients that send a byte of a head a second stop nobody else, with ${workers} workers`, async () => {
    await using server = await startServer([
      ...["--port", "0", "--token", "t", "--access-log"],
      ...["--workers", `${workers}`],
    ]);
    await using slow = new SlowClients();
    await slow.open(server.port, "GET /");
    await using reader = await EventReader.open(`${server.url}sse/a`);
    await publish(server.url, "a", "1");
    assertEquals((await reader.take(1))[0]!.data, "1");
    assertEquals(slow.closedAfterS.length, 0);
    // `Deno.serve` has no limit for heads.
    if (LISTENER === "deno") return;

    await until(() => slow.closedAfterS.length === CLIENTS);
    const ages = slow.closedAfterS.toSorted((a, b) => a - b);
    console.log(`cut after ${ages[0]} to ${ages.at(-1)} s`);
    assert(ages[0]! >= 9, `${ages}`);
    assertMatch(slow.text, /^(?:HTTP\/1.1 408 [^]*?within 10 s"}\n)+$/);
    const metrics = await scrape(server.url);
    assertEquals(
      metrics.get('chime_refused_total{reason="slow_head"}'),
      CLIENTS,
    );
    assertEquals(
      metrics.get(
        'chime_http_responses_total{method="other",route="none",status="408"}',
      ),
      CLIENTS,
    );
    const lines = await untilLogged(
      server,
      /^info request status=408 /,
      CLIENTS,
    );
    assertEquals(lines.length, CLIENTS);
    assertMatch(lines[0]!, / address=127.0.0.1 requestId=\S{36}$/);
    // The stream went on all the time.
    await publish(server.url, "a", "2");
    assertEquals((await reader.take(1))[0]!.data, "2");
  });
}

Deno.test({
  name:
    "An empty line after an answer does not keep a connection open for ever",
  ignore: LISTENER === "deno",
  async fn() {
    await using server = await startServer(["--port", "0"]);
    await using slow = new SlowClients();
    await slow.open(server.port, `${HEAD}\r\n`, "\r\n");
    await until(() => slow.closedAfterS.length === CLIENTS);
    assertEquals(slow.text.match(/HTTP\/1.1 408 /g)?.length, CLIENTS);
  },
});

/** Clients that send a text, and then another one once a second. */
class SlowClients implements AsyncDisposable {
  /** How long those were open that the server has closed, in s. */
  readonly closedAfterS: number[] = [];
  /** What all of them were sent. */
  text = "";
  readonly #stack = new DisposableStack();

  async open(port: number, first: string, then = "x"): Promise<void> {
    const sockets = await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        const socket = connect({ port, host: "127.0.0.1" });
        this.#stack.defer(() => socket.destroy());
        await once(socket, "connect");
        const openedAt = performance.now();
        socket.setEncoding("latin1").on("data", (text) => this.text += text)
          // A reset is an end as any other.
          .on("error", () => {})
          .on("close", () => {
            this.closedAfterS.push(
              Math.round((performance.now() - openedAt) / 100) / 10,
            );
          });
        socket.write(first);
        return socket;
      }),
    );
    const timer = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write(then);
    }, 1_000);
    this.#stack.defer(() => clearInterval(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stack.dispose();
    await until(() => this.closedAfterS.length === CLIENTS);
  }
}
