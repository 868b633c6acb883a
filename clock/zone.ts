import { InputError } from "../events/input_error.ts";
import { readLocalZone } from "./local_zone.ts";
import { todaysName } from "./zone_names.ts";

/** Zones that were asked for, by their names in small letters: to find one out anew takes kilobytes outside the heap. */
const known = new Map<string, string>();

/**
 * The zone named, in the one spelling that stands here for all its names: `us/pacific` is `America/Los_Angeles`.
 *
 * @throws {InputError} where no such zone exists. Offsets such as `+01:00` are no zones: they name no place's rules.
 */
export function canonicalZone(name: string): string {
  const key = name.toLowerCase();
  let zone = known.get(key);
  if (!zone) known.set(key, zone = findZone(name));
  return zone;
}

function findZone(name: string): string {
  // It can be an offset, where TZ is one: the page's form sends it back.
  if (name === localZone()) return name;
  const format = /^[a-z]/i.test(name) ? formatIn(name) : undefined;
  if (format) return todaysName(format.resolvedOptions().timeZone);
  throw new InputError(
    `Cannot tell the time in "${name}": tz must name an IANA time zone, such as Europe/Paris`,
  );
}

/** Nothing where no such zone exists. */
function formatIn(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

let local: string | undefined;

/** The server's zone, as `TZ` says at start, see {@linkcode readLocalZone}. */
export function localZone(): string {
  return local ??= todaysName(readLocalZone(Deno.env.get("TZ")).zone);
}

/** Makes a function that writes a moment, in ms since the epoch, as that zone's `2026-11-22 05:30:20`. */
export function timeFormat(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: zone,
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
      format.formatToParts(ms).map(({ type, value }) => [type, value]),
    );
    return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`;
  };
}
