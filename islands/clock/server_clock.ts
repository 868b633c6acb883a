/** The server's clock, as far as this browser knows it. */
export interface ServerClock {
  /** What that clock said when `performance.now()` was 0, in ms since the epoch. */
  originMs: number;
  /** How far off `originMs` can be. Absent where the server could not be asked and this is the browser's own clock. */
  errorMs?: number;
}

/** A page that is still loading is slow to see an answer: the first round trip tells little. */
const ROUND_TRIPS = 3;

/**
 * Asks `/healthz` for the server's time and takes it to be that of the middle of the shortest round trip.
 *
 * It rests on `performance.now()`, which goes on evenly when somebody sets the browser's clock.
 *
 * @param signal Gives up asking.
 */
export async function readServerClock(
  signal: AbortSignal,
): Promise<ServerClock> {
  let best: ServerClock = { originMs: Date.now() - performance.now() };
  try {
    for (let i = 0; i < ROUND_TRIPS; i++) {
      const clock = await roundTrip(signal);
      if (clock.errorMs < (best.errorMs ?? Infinity)) best = clock;
    }
  } catch {
    // No answer, or not this server's: the stream may work all the same, through a proxy that passes nothing else on.
  }
  return best;
}

async function roundTrip(
  signal: AbortSignal,
): Promise<Required<ServerClock>> {
  const sentMs = performance.now();
  const response = await fetch("/healthz", { cache: "no-store", signal });
  const halfMs = (performance.now() - sentMs) / 2;
  const { now } = await response.json();
  if (!Number.isInteger(now)) throw new TypeError("/healthz tells no time");
  // `now` was cut to whole ms: on average the server's clock was half of one further.
  return { originMs: now + 0.5 - (sentMs + halfMs), errorMs: halfMs + 0.5 };
}
