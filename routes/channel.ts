import { UndecidedError } from "../access/access_error.ts";
import type { Permit } from "../access/gate.ts";
import { checkChannel } from "../events/channel_name.ts";
import { InputError } from "../events/input_error.ts";
import { toAsking } from "./asking.ts";
import { MAX_SILENCE_MS, readBody } from "./body.ts";
import { readBodyKind } from "./body_kind.ts";
import type { Handler } from "./handler.ts";
import { readNdjson, toMessage } from "./ndjson.ts";
import { pollChannels } from "./poll.ts";
import { readChannels } from "./read_channels.ts";
import { refuseStream } from "./refuse.ts";
import type { Refusal, Services } from "./services.ts";
import { openStream } from "./stream.ts";
import { isPoll, readStreamQuery } from "./stream_query.ts";
import type { Target } from "./target.ts";

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

/** `POST /sse/{channel}`: publishes the body, or each line of an NDJSON body. */
export function publish(services: Services): Handler {
  const { gate } = services.access;
  return async (request, target, client) => {
    const asking = toAsking(request, target, client);
    const grants = await gate.identify(asking);
    gate.requireCredential(grants, "publish");
    const channel = readChannel(target);
    const type = readType(target);
    await gate.permit(asking, grants, "publish", [channel]);
    const isMany = readBodyKind(request) === "lines";
    const body = await readBody(request, {
      maxBytes: services.maxBodyBytes,
      maxSilenceMs: MAX_SILENCE_MS,
    });
    const messages = isMany
      ? readNdjson(channel, type, body)
      : [toMessage(channel, type, body)];
    const [ids, clients] = await Promise.all([
      services.journal.append(messages),
      services.tally.countStreams(channel),
    ]);
    services.tally.notePublished(ids.length);
    return Response.json(
      isMany ? { ids, channel, clients } : { id: ids[0], channel, clients },
      { status: 201, headers: { "cache-control": "no-store" } },
    );
  };
}

/** @throws {InputError} for several channels, and for a name that no channel can have. */
function readChannel({ path }: Target): string {
  const [channel = "", ...others] = path.slice("/sse/".length).split(",");
  if (others.length > 0) {
    throw new InputError("Cannot publish to several channels at once");
  }
  checkChannel(channel);
  return channel;
}

/**
 * Reads the parameter `event`, the type of what is published.
 *
 * @throws {InputError} if it is given twice, and for any other parameter, which would otherwise be ignored silently.
 */
function readType({ query }: Target): string | undefined {
  for (const name of query.keys()) {
    if (name === "event") continue;
    throw new InputError(
      `Cannot publish with the parameter ${
        JSON.stringify(name)
      }: it must be event`,
    );
  }
  const [type, ...others] = query.getAll("event");
  if (others.length === 0) return type;
  throw new InputError(
    "Cannot publish with several event parameters: a message has one type",
  );
}
