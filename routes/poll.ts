import { poll } from "../hub/poll.ts";
import { ReadSlots } from "../hub/read_slots.ts";
import { toSelection } from "../hub/selection.ts";
import { InputError } from "../events/input_error.ts";
import { toAsking } from "./asking.ts";
import type { Handler } from "./handler.ts";
import { PolledBody } from "./polled_body.ts";
import { readChannels } from "./read_channels.ts";
import { refuseOthers } from "./refuse.ts";
import type { Services } from "./services.ts";
import { readDeliverFrom } from "./stream_query.ts";

const HEADERS = {
  "content-type": "application/x-ndjson",
  "cache-control": "no-store",
};

/** `GET /sse/{channel}[,{channel}…]?poll=1`: what is held of the channels, as NDJSON. */
export function pollChannels(services: Services): Handler {
  const { hub: { memory, faults }, journal, access: { gate } } = services;
  const source = { journal, slots: new ReadSlots() };
  return refuseOthers(services, async (request, target, client) => {
    const { channels } = toSelection(readChannels(target), "json");
    const from = readDeliverFrom(request, target.query);
    if (from.kind === "latest" || target.query.has("latest")) {
      throw new InputError(
        "Cannot poll latest: a poll begins at since, or with all that is held",
      );
    }
    const asking = toAsking(request, target, client);
    const grants = await gate.identify(asking);
    await gate.permit(asking, grants, "subscribe", channels);
    const chunks = poll(source, { channels, from });
    const { done, value } = await chunks.next();
    const body = done
      ? value
      : new PolledBody({ first: value, chunks, memory, faults }).stream;
    return new Response(body, { headers: HEADERS });
  });
}
