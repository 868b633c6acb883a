import { capture } from "../capture.ts";
import { peersPath } from "../paths.ts";
import type { Peer } from "../peer.ts";

const PROGRAM = peersPath("bin/centrifugo");
const API_KEY = "bench";
/** The request of a client that connects: one channel. */
const CONNECT = '{"subs":{"{c}":{}}}';

/**
 * A single node that keeps everything in memory. Clients need no token, and may subscribe to any channel. All else is
 * at its default: without history, nothing is stored.
 */
function configuration(port: number): string {
  return JSON.stringify({
    http_server: { address: "127.0.0.1", port },
    http_api: { key: API_KEY },
    uni_sse: { enabled: true },
    client: { allow_anonymous_connect_without_token: true },
    channel: {
      without_namespace: {
        allow_subscribe_for_client: true,
        allow_subscribe_for_anonymous: true,
      },
    },
    usage_stats: { disabled: true },
  });
}

/** Escapes what a query may not contain, but keeps the placeholder of the channel. */
function escaped(text: string): string {
  return text.split("{c}").map(encodeURIComponent).join("{c}");
}

/** A server for real-time messages, with streams for `EventSource`: https://centrifugal.dev */
export const centrifugo: Peer = {
  name: "centrifugo",
  about: "Centrifugo, uni_sse, messages by its HTTP API, nothing stored",
  version: () => capture(PROGRAM, "version"),
  async command(port, folder) {
    const path = `${folder}/config.json`;
    await Deno.writeTextFile(path, configuration(port));
    return [PROGRAM, "--config", path];
  },
  channels: {
    stream: `/connection/uni_sse?cf_connect=${escaped(CONNECT)}`,
    publish: "/api/publish",
    body: '{"channel":"{c}","data":"{m}"}',
    publishHeaders: [
      `X-API-Key: ${API_KEY}`,
      "Content-Type: application/json",
      // Without this, a refusal has status 200 too.
      "X-Centrifugo-Error-Mode: transport",
    ],
  },
};
