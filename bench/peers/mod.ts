import type { Peer } from "../peer.ts";
import { betterSse } from "./better_sse.ts";
import { centrifugo } from "./centrifugo.ts";
import {
  chime,
  chimeJwt,
  chimeNode,
  chimeNodeWorkers,
  chimePrivate,
  chimeWorkers,
} from "./chime.ts";
import { daphne } from "./daphne.ts";
import { denoPeer } from "./deno_peer.ts";
import { floor } from "./floor.ts";
import { mercure, mercureLocal } from "./mercure.ts";
import { nchan } from "./nchan.ts";
import { nodeHttp } from "./node_http.ts";

/** Every server that can be measured. Chime is first, as the others are compared with it. */
export const PEERS: readonly Peer[] = [
  chime,
  chimeWorkers,
  chimeNode,
  chimeNodeWorkers,
  chimePrivate,
  chimeJwt,
  floor,
  nchan,
  mercure,
  mercureLocal,
  centrifugo,
  nodeHttp,
  betterSse,
  denoPeer(
    "bare_stream",
    "Deno.serve, one timer and one encoding for all: what Deno itself takes",
  ),
  denoPeer(
    "std_stream",
    "Deno.serve, a ServerSentEventStream per client: the usual example",
  ),
  daphne,
];
