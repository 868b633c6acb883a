import { UndecidedError } from "../access/access_error.ts";
import type { Permit } from "../access/gate.ts";
import { toAsking } from "./asking.ts";
import type { Handler } from "./handler.ts";
import { pollChannels } from "./poll.ts";
import { readChannels } from "./read_channels.ts";
import { refuseStream } from "./refuse.ts";
import type { Refusal, Services } from "./services.ts";
import { openStream } from "./stream.ts";
import { isPoll, readStreamQuery } from "./stream_query.ts";

/** `GET /sse/{channel}[,{channel}…]` and `GET /sse/?channel={channel}[&channel=…]`: streams the channels' events. */
export function subscribe(services: Services): Handler {
  const { hub, access, heartbeatS } = services;
  const poll = pollChannels(services);
  return async (request, target, client) => {
    if (isPoll(target)) return await poll(request, target, client);
    const channels = readChannels(target);
    const { from, options } = readStreamQuery(request, target, heartbeatS);
    const refuse = (refusal: Refusal) =>
      refuseStream(request, services, { sent: hub.sent, options, refusal });
    const refusal = services.refusal(client);
    if (refusal) return refuse(refusal);
    const asking = toAsking(request, target, client);
    const { gate, permits } = access;
    let permit: Permit;
    try {
      const grants = await gate.identify(asking);
      permit = await gate.permit(asking, grants, "subscribe", channels);
    } catch (error) {
      if (!(error instanceof UndecidedError)) throw error;
      return refuse({ status: { state: "overloaded" }, reason: "undecided" });
    }
    const refusalNow = services.refusal(client);
    if (refusalNow) return refuse(refusalNow);
    const answer = openStream(client, (sink) => {
      const end = () => stream.close({ state: "expired" });
      const onLeave = permits.hold(permit, end);
      const stream = hub.open(channels, from, sink, options, onLeave);
    });
    await services.tally.counted();
    return answer;
  };
}
