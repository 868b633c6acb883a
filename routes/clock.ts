import { canonicalZone, localZone } from "../clock/zone.ts";
import type { Handler } from "./handler.ts";
import { refuseStream } from "./refuse.ts";
import type { Services } from "./services.ts";
import { openStream, readDeliverFrom } from "./stream.ts";

/** `GET /sse/`: streams the clock, in the zone `tz` or else in the server's. */
export function clock(services: Services): Handler {
  return (request, target, client) => {
    const tz = target.query.get("tz");
    const zone = tz === null ? localZone() : canonicalZone(tz);
    const from = readDeliverFrom(request, target);
    const refusal = services.refusal(client);
    if (refusal) {
      return refuseStream(request, services, services.clock.hub.sent, refusal);
    }
    return openStream(client, (sink) => services.clock.open(zone, from, sink));
  };
}
