/** The server's clock, as measured by this browser. */
export interface ServerClock {
  /** The server's time when `performance.now()` was 0, in ms since the epoch. */
  originMs: number;
  /** When it was measured, as `performance.now()`. */
  measuredMs: number;
  /** The greatest error of `originMs` at that time, in ms. Absent if the server could not be asked: then it is the browser's clock. */
  errorMs?: number;
}

/** More than one: while the page still loads, the first answer is seen late. */
const ROUND_TRIPS = 3;

/**
 * Asks `/healthz` for the server's time, which it takes to be that at the middle of the shortest round trip.
 *
 * It is relative to `performance.now()`, which does not jump when the browser's clock is set.
 *
 * @param signal Aborts the requests.
 */
export async function readServerClock(
  signal: AbortSignal,
): Promise<ServerClock> {
  const measuredMs = performance.now();
  let best: ServerClock = { originMs: Date.now() - measuredMs, measuredMs };
  try {
    for (let i = 0; i < ROUND_TRIPS; i++) {
      const clock = await roundTrip(signal);
      if (clock.errorMs < (best.errorMs ?? Infinity)) best = clock;
    }
  } catch {
    // There is no answer, or it is not Chime's. The stream may still work, through a proxy that forwards only that.
  }
  return best;
}

async function roundTrip(
  signal: AbortSignal,
): Promise<Required<ServerClock>> {
  const sentMs = performance.now();
  const response = await fetch("healthz", { cache: "no-store", signal });
  const halfMs = (performance.now() - sentMs) / 2;
  const { now } = await response.json();
  if (!Number.isInteger(now)) throw new TypeError("/healthz tells no time");
  const measuredMs = sentMs + halfMs;
  // `now` is cut to whole ms: on average, the server's clock was half a ms further.
  return {
    originMs: now + 0.5 - measuredMs,
    measuredMs,
    errorMs: halfMs + 0.5,
  };
}
