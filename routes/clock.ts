import { canonicalZone, localZone } from "../clock/zone.ts";
import type { Handler } from "./handler.ts";
import type { Services } from "./services.ts";
import { openStream, readDeliverFrom, refuseStream } from "./stream.ts";

/** `GET /sse/`: streams the clock, in the zone `tz` or else in the server's. */
export function clock(services: Services): Handler {
  return (request, target, client) => {
    const tz = target.query.get("tz");
    const zone = tz === null ? localZone() : canonicalZone(tz);
    const from = readDeliverFrom(request, target);
    const status = services.refusal();
    if (status) return refuseStream(request, services.clock.hub.sent, status);
    return openStream(client, (sink) => services.clock.open(zone, from, sink));
  };
}
