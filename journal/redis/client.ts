import { createClient } from "@redis/client";
import type { RedisAddress } from "./address.ts";
import { SCRIPTS } from "./scripts.ts";

/** How long a connection may take to be made, in ms. */
const CONNECT_MS = 3_000;
/** How long after one answer Redis is asked again whether it is there, in ms. */
const PING_MS = 1_000;

/** A connection of `@redis/client`, which is used for as long as it lasts and never made again. */
export type RedisClient = ReturnType<typeof createRedisClient>;

/** Options for {@linkcode createRedisClient}. */
export interface RedisClientOptions {
  /** Ends the connection, also while it is being made: `destroy()` alone would wait for that. */
  signal: AbortSignal;
  /** Called whenever bytes have come from Redis. */
  onBytes: () => void;
}

/** Makes a client that is not connected yet. */
export function createRedisClient(
  address: RedisAddress,
  { signal, onBytes }: RedisClientOptions,
) {
  const { host, port, isSecure, username, password, database } = address;
  const client = createClient({
    socket: {
      host,
      port,
      ...(isSecure ? { tls: true } : {}),
      connectTimeout: CONNECT_MS,
      // Not the library's own: it counts a connection that drops at once as a success, and so tries again without an end
      // and without a pause; and while it pauses, it cannot be closed.
      reconnectStrategy: false,
      signal,
    },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    database,
    // RESP 3, the default, has the library read environment variables.
    RESP: 2,
    scripts: SCRIPTS,
    pingInterval: PING_MS,
    // What cannot be sent at once is rejected: a journal must not append later what its caller was told had failed.
    disableOfflineQueue: true,
    disableClientInfo: true,
    // No timer for each command: the pings show whether Redis answers.
    commandOptions: { timeout: 0 },
  });
  // The library has no other door to the bytes themselves. Taken out and put back, its socket is as it was.
  const socket = client._ejectSocket();
  client._insertSocket(socket);
  socket.on("data", onBytes);
  return client;
}
