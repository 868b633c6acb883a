import { InputError } from "../events/input_error.ts";
import { isPattern } from "../events/pattern.ts";
import { toAsking } from "./asking.ts";
import type { Handler } from "./handler.ts";
import { readQueryChannels } from "./read_channels.ts";
import type { Services } from "./services.ts";
import type { Target } from "./target.ts";

/** `GET /channels?channel={channel}[&channel={channel}…]`: what is held of the channels, and where the journal stands. */
export function describeChannels(services: Services): Handler {
  const { journal, tally, access: { gate } } = services;
  return async (request, target, client) => {
    const names = readNames(target);
    const asking = toAsking(request, target, client);
    const grants = await gate.identify(asking);
    await gate.permit(asking, grants, "subscribe", names);
    const { position, channels } = await journal.holdings(names);
    const streams = await Promise.all(
      names.map((name) => tally.countStreams(name)),
    );
    const described = names.map((channel, i) => {
      const { events, first = null, last = null } = channels[i]!;
      return { channel, streams: streams[i], events, first, last };
    });
    return Response.json({ position, channels: described }, {
      headers: { "cache-control": "no-store" },
    });
  };
}

/** @throws {InputError} for no name, for too many of them, and for one that no channel can have, such as a pattern. */
function readNames(target: Target): string[] {
  const names = [...new Set(readQueryChannels(target))];
  if (names.length === 0) {
    throw new InputError(
      "Cannot describe channels: the query must name them, as in ?channel=a&channel=b",
    );
  }
  const pattern = names.find(isPattern);
  if (pattern === undefined) return names;
  throw new InputError(
    `Cannot describe ${
      JSON.stringify(pattern)
    }: it must be a channel's name, not a pattern`,
  );
}
