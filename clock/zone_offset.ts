const SECOND_MS = 1_000;
/** Zones change their offsets at whole quarters of an hour, with few exceptions. */
const QUARTER_MS = 15 * 60 * SECOND_MS;

/**
 * Makes a function that finds how far a zone is ahead of UTC at a moment, in ms. It asks `Intl` at most twice for the
 * moments of one quarter of an hour: each question takes long, and memory outside the heap.
 *
 * @throws {RangeError} where no such zone exists.
 */
export function zoneOffset(zone: string): (ms: number) => number {
  const ask = askIntl(zone);
  let start: number | undefined;
  /** Undefined where the offset changes within the quarter. */
  let offsetMs: number | undefined;
  return (ms) => {
    const quarter = Math.floor(ms / QUARTER_MS) * QUARTER_MS;
    if (quarter !== start) {
      const first = ask(quarter);
      const last = ask(quarter + QUARTER_MS - SECOND_MS);
      offsetMs = first === last ? first : undefined;
      start = quarter;
    }
    return offsetMs ?? ask(ms);
  };
}

function askIntl(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (ms) => {
    const part = Object.fromEntries(
      format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
    );
    const localMs = Date.UTC(
      part.year!,
      part.month! - 1,
      part.day,
      part.hour,
      part.minute,
      part.second,
    );
    return localMs - Math.floor(ms / SECOND_MS) * SECOND_MS;
  };
}
