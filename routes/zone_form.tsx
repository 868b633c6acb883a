import { RENAMED_ZONES, todaysName } from "../clock/zone_names.ts";
import { UNTRANSLATED } from "../islands/page/untranslated.ts";

/** The zones by today's names. The browsers' list has former ones, and leaves out UTC, which belongs to no region. */
const ZONES = [
  "UTC",
  ...Intl.supportedValuesOf("timeZone").map(todaysName).toSorted(),
];

/**
 * Where the clock's zone is chosen. Outside the island: the list of zones would have to be sent a second time for it.
 *
 * @param props.channels The channels that the address names, if any: without script, the form has to keep them.
 */
export function ZoneForm(
  { zone, channels }: { zone: string; channels: string },
) {
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  const regions = Map.groupBy(zones, (name) => regionOf(name));
  return (
    <form action="/">
      <label for="tz">Time zone</label>
      {/* A browser that loads the page again would keep the choice, whatever the address says. */}
      <select id="tz" name="tz" autocomplete="off" {...UNTRANSLATED}>
        {[...regions].map(([region, names]) => {
          const options = names.map((name) => (
            <option value={name} selected={name === zone}>
              {placeOf(name)}
            </option>
          ));
          return region
            ? <optgroup key={region} label={region}>{options}</optgroup>
            : options;
        })}
        {/* Whoever types a name that the database gave up finds it, too. The script knows the zone by today's name. */}
        <optgroup label="Former names">
          {Object.entries(RENAMED_ZONES).map(([former, now]) => (
            <option value={former} data-now={now}>
              {`${placeOf(former)}, now ${placeOf(now)}`}
            </option>
          ))}
        </optgroup>
      </select>
      {channels && <input type="hidden" name="channels" value={channels} />}
      <button type="submit">Show</button>
    </form>
  );
}

/** `America` of `America/Argentina/Salta`; nothing for a zone of no region. */
function regionOf(zone: string): string | undefined {
  return zone.match(/.+?(?=\/)/)?.[0];
}

/** `Argentina/Salta` of `America/Argentina/Salta`. */
function placeOf(zone: string): string {
  const region = regionOf(zone);
  return zone.slice(region ? region.length + 1 : 0).replaceAll("_", " ");
}
