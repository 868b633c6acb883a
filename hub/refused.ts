/** Why connections, requests and streams are refused: the reasons of the metric `chime_refused_total`, in its order. */
export const REFUSED_REASONS = [
  /** More connections than `--max-connections`. */
  "connections",
  /** More connections of one address than `--max-connections-per-address`. */
  "address",
  /** More streams than there is room for. */
  "streams",
  /** More connections that wait for their refusal than the process can have open: they were cut. */
  "files",
  /** A host that `--allowed-host` does not name. */
  "host",
  /** The server is about to end. */
  "draining",
  /** An application that could not be asked whether a stream is allowed. */
  "undecided",
  /** A head that took more than 10 s. */
  "slow_head",
  /** A body that paused for more than 30 s. */
  "slow_body",
  /** A body that went on for too long after its answer. */
  "long_body",
  /** A client that took nothing of what it was sent for 5 min. */
  "stalled",
] as const;

export type RefusedReason = typeof REFUSED_REASONS[number];

/** How much was refused, by the reason. */
export type Refused = Record<RefusedReason, number>;

/** The counts where nothing was refused yet. */
export function nothingRefused(): Refused {
  return Object.fromEntries(
    REFUSED_REASONS.map((reason) => [reason, 0]),
  ) as Refused;
}
