/** The browsers' list of zones leaves out UTC, which belongs to no region. */
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone")];

/**
 * Where the clock's zone is chosen. Outside the island: the list of zones would have to be sent a second time for it.
 *
 * @param props.channels The channels that the address names, if any: without script, the form has to keep them.
 */
export function ZoneForm(
  { zone, channels }: { zone: string; channels: string },
) {
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  const regions = Map.groupBy(zones, (name) => name.match(/.+?(?=\/)/)?.[0]);
  return (
    <form action="/">
      <label for="tz">Time zone</label>
      {/* A browser that loads the page again would keep the choice, whatever the address says. */}
      <select id="tz" name="tz" autocomplete="off">
        {[...regions].map(([region, names]) => {
          const options = names.map((name) => (
            <option value={name} selected={name === zone}>
              {name.slice(region ? region.length + 1 : 0).replaceAll("_", " ")}
            </option>
          ));
          return region
            ? <optgroup key={region} label={region}>{options}</optgroup>
            : options;
        })}
      </select>
      {channels && <input type="hidden" name="channels" value={channels} />}
      <button type="submit">Show</button>
    </form>
  );
}
