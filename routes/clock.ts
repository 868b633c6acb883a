import { canonicalZone, localZone } from "../clock/zone.ts";
import { InputError } from "../events/input_error.ts";
import type { Handler } from "./handler.ts";
import { namesChannels } from "./read_channels.ts";
import { refuseStream } from "./refuse.ts";
import type { Services } from "./services.ts";
import { openStream } from "./stream.ts";
import { isPoll, readStreamQuery } from "./stream_query.ts";

/**
 * `GET /sse/`: streams the clock, in the zone `tz` or else in the server's.
 *
 * @param subscribe Answers where the query names channels.
 */
export function clock(services: Services, subscribe: Handler): Handler {
  return (request, target, client) => {
    if (namesChannels(target)) return subscribe(request, target, client);
    if (isPoll(target)) {
      throw new InputError("Cannot poll the clock: name channels to poll");
    }
    const tz = target.query.get("tz");
    const zone = tz === null ? localZone() : canonicalZone(tz);
    const { clock, heartbeatS } = services;
    const { from, options } = readStreamQuery(request, target, heartbeatS);
    const refusal = services.refusal(client);
    if (refusal) {
      const { sent } = clock.hub;
      return refuseStream(request, services, { sent, options, refusal });
    }
    return openStream(
      client,
      (sink) => clock.open(zone, from, sink, options),
    );
  };
}
