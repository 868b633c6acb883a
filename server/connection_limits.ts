/** How much may be open at once, all threads together. Plain data, so that it can be sent to another thread. */
export interface ConnectionLimits {
  /** Connections that are served. Where the listener sees none, it is requests. */
  readonly maxConnections: number;
  /** Streams: fewer than connections, so that others can be told that there is no room. */
  readonly maxStreams: number;
  /** Connections of one address that are served, or requests: those of a trusted proxy's clients, and as above. */
  readonly maxPerAddress: number;
  /** Whether this holds for loopback addresses and trusted proxies, too. */
  readonly limitsEveryone: boolean;
  /** All connections, those included that are only told that there is no room. */
  readonly maxSockets: number;
}

/** What {@linkcode connectionLimits} is told. */
export interface LimitOptions {
  /** How many files the process may have open, each connection being one. Unknown where the system does not say. */
  readonly descriptors: number | undefined;
  readonly workers: number;
  /** What the options say. */
  readonly maxConnections: number | undefined;
  readonly maxPerAddress: number | undefined;
}

/** More connections than any machine serves today: bounds the memory for counting where the system knows no limit. */
const MOST_CONNECTIONS = 1_000_000;
/** Descriptors that are kept free for what is no connection, at least. */
const SPARE = 64;
/** Descriptors of the process itself, and of each worker: measured are 20 and 7, and some more with a journal. */
const OWN = 32;
const OWN_OF_WORKER = 8;
/** Descriptors for connections that are to be refused, at least. */
const REFUSED = 16;
/** The part of the connections that is kept free of streams. */
const KEPT_FREE = 0.05;

/** Works out the limits. */
export function connectionLimits(
  { descriptors = Infinity, workers, maxConnections, maxPerAddress }:
    LimitOptions,
): ConnectionLimits {
  const own = OWN + OWN_OF_WORKER * workers;
  const room = descriptors - Math.max(SPARE, own + REFUSED);
  const most = Math.max(1, Math.min(room, MOST_CONNECTIONS));
  const connections = Math.min(maxConnections ?? most, most);
  return {
    maxConnections: connections,
    maxStreams: Math.max(1, Math.floor((1 - KEPT_FREE) * connections)),
    maxPerAddress: maxPerAddress ?? Math.ceil(connections / 4),
    limitsEveryone: maxPerAddress !== undefined,
    maxSockets: Math.max(connections + 1, descriptors - own),
  };
}
