import { RENAMED_ZONES, todaysName } from "../clock/zone_names.ts";
import { UNTRANSLATED } from "../islands/page/untranslated.ts";

/** All zones by their current names. The list that `Intl` has uses some former names, and leaves out UTC. */
const ZONES = [
  "UTC",
  ...Intl.supportedValuesOf("timeZone").map(todaysName).toSorted(),
];

/**
 * The form that chooses the clock's zone. It is not part of the island, whose script would have to send the list of zones
 * a second time.
 *
 * @param props.channels The channels in the address, or an empty string. Without script, the form has to keep them.
 */
export function ZoneForm(
  { zone, channels }: { zone: string; channels: string },
) {
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  const regions = Map.groupBy(zones, (name) => regionOf(name));
  return (
    <form action="./">
      <label for="tz">Time zone</label>
      {/* Without autocomplete=off, a browser that reloads the page keeps the choice, whatever the address says. */}
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
        {/* Readers find a zone by a former name, too. The script uses the current one. */}
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

/** `America` for `America/Argentina/Salta`; undefined for a zone without a region. */
function regionOf(zone: string): string | undefined {
  return zone.match(/.+?(?=\/)/)?.[0];
}

/** `Argentina/Salta` for `America/Argentina/Salta`. */
function placeOf(zone: string): string {
  const region = regionOf(zone);
  return zone.slice(region ? region.length + 1 : 0).replaceAll("_", " ");
}
