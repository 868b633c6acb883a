import { InputError } from "../events/input_error.ts";
import { readLocalZone } from "./local_zone.ts";
import { todaysName } from "./zone_names.ts";
import { zoneOffset } from "./zone_offset.ts";

/** Zones that were looked up, by their lower-case names: each look-up takes kilobytes outside the heap. */
const known = new Map<string, string>();

/**
 * Finds the one name that Chime uses for a zone, by any of its names: `us/pacific` is `America/Los_Angeles`.
 *
 * @param name The zone's name. Case does not matter.
 * @throws {InputError} where no such zone exists. An offset such as `+01:00` is no zone, as it follows no place's rules.
 */
export function canonicalZone(name: string): string {
  const key = name.toLowerCase();
  let zone = known.get(key);
  if (!zone) known.set(key, zone = findZone(name));
  return zone;
}

function findZone(name: string): string {
  // TZ may be an offset, and the page's form sends that back.
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

/** The server's zone, from `TZ` as it was at start, see {@linkcode readLocalZone}. */
export function localZone(): string {
  return local ??= todaysName(readLocalZone(Deno.env.get("TZ")).zone);
}

/**
 * Makes a function that formats a moment, in ms since the epoch, as `2026-11-22 05:30:20` in a zone.
 *
 * @throws {RangeError} where no such zone exists.
 */
export function timeFormat(zone: string): (ms: number) => string {
  const offsetMs = zoneOffset(zone);
  return (ms) =>
    new Date(ms + offsetMs(ms)).toISOString().slice(0, 19).replace("T", " ");
}
