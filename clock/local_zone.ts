/** The server's time zone, and what is wrong with the setting if it cannot be used. */
export interface LocalZone {
  /** A zone that `Intl` takes. */
  readonly zone: string;
  /** One line for the operator, where the zone is UTC because the setting cannot be used. */
  readonly warning?: string;
}

/** The abbreviations that are IANA zones. ICU knows others, which name places that few would guess: BST is Asia/Dhaka. */
const ABBREVIATIONS = new Set(
  "CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET".split(" "),
);
const ADVICE = "for instance TZ=Europe/Paris; the clock tells UTC";

/**
 * Reads the server's zone as the C library would: an IANA name, a path of the zone database, or a POSIX zone with a
 * fixed offset such as `JST-9`. Deno's own answer is wrong for many of these.
 *
 * A POSIX zone with daylight saving, or anything else that cannot be used, becomes UTC and a warning.
 *
 * @param tz The value of `TZ`; without one, the system's own zone is used.
 * @param system The system's zone, as `Intl` names it.
 */
export function readLocalZone(
  tz: string | undefined,
  system: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone,
): LocalZone {
  if (tz === undefined) {
    const zone = system && usable(system);
    return zone ? { zone } : {
      zone: "UTC",
      warning: `Cannot find the system's time zone: set TZ, ${ADVICE}`,
    };
  }
  const name = tz.replace(/^:/, "");
  // https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08: empty is for the system to choose.
  // glibc, musl and the BSDs choose UTC.
  if (name === "") return { zone: "UTC" };
  const zone = fixedOffset(name) ?? ianaZone(name);
  return zone ? { zone } : {
    zone: "UTC",
    warning: `Cannot use TZ ${
      JSON.stringify(tz)
    }: it must name an IANA time zone, ${ADVICE}`,
  };
}

/** The zone of a POSIX string without daylight saving. Its sign is reversed: `GMT+3` is west of Greenwich. */
function fixedOffset(text: string): string | undefined {
  const match =
    /^(?:[a-z]{3,}|<[a-z0-9+-]{3,}>)([+-]?)(\d{1,2})(?::(\d{2}))?(?::00)?$/i
      .exec(text);
  if (!match) return undefined;
  const [, sign, hours, minutes = "00"] = match;
  const isWest = sign !== "-";
  const hour = Number(hours);
  if (minutes === "00") {
    if (hour === 0) return "UTC";
    // Every browser knows these zones. Their sign is the one of POSIX.
    if (hour <= (isWest ? 12 : 14)) {
      return `Etc/GMT${isWest ? "+" : "-"}${hour}`;
    }
  }
  return usable(`${isWest ? "-" : "+"}${hours!.padStart(2, "0")}:${minutes}`);
}

function ianaZone(text: string): string | undefined {
  const name = text.replace(/^.*\/zoneinfo[^/]*\//, "")
    .replace(/^(?:posix|right)\//, "");
  if (!/^[a-z]/i.test(name)) return undefined;
  const isAbbreviation = /^[a-z]{3}$/i.test(name);
  if (isAbbreviation && !ABBREVIATIONS.has(name.toUpperCase())) {
    return undefined;
  }
  return usable(name);
}

/** The zone as `Intl` spells it, if `Intl` can format a time there: it names some zones that it then refuses. */
function usable(name: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name })
      .resolvedOptions();
    new Intl.DateTimeFormat("en", { timeZone }).format(0);
    return timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
