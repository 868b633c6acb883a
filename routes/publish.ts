import type { Grant } from "../access/source.ts";
import { publisherOf } from "../access/publisher_of.ts";
import { KeyConflictError } from "../journal/journal.ts";
import { toAsking } from "./asking.ts";
import type { Handler } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { readIdempotencyKey } from "./idempotency_key.ts";
import { Publication } from "./publication.ts";
import { readPublishLines } from "./publish_lines.ts";
import { readPublishQuery } from "./publish_query.ts";
import type { Services } from "./services.ts";

/**
 * `POST /sse/{channel}[,{channel}…]` and `POST /sse/?channel={channel}[&channel={channel}…]`: publishes the body, or each
 * line of an NDJSON body, to each of the channels. `POST /sse/`: to the channel that each line names.
 */
export function publish(services: Services): Handler {
  const { access: { gate }, journal, tally } = services;
  return async (request, target, client) => {
    const asking = toAsking(request, target, client);
    const permit = (grants: readonly Grant[], channels: readonly string[]) =>
      gate.permit(asking, grants, "publish", channels);
    const identified = await gate.identify(asking);
    gate.requireCredential(identified, "publish");
    const query = readPublishQuery(target);
    const key = readIdempotencyKey(request);
    let { grants } = await permit(identified, query.channels);
    const { lines, isMany } = await readPublishLines(request, query, services);
    const publication = new Publication({ ...query, lines, key });
    const { named } = publication;
    if (named.length > 0) ({ grants } = await permit(grants, named));
    const entries = publication.entries(publisherOf(grants));
    const [channel, ...others] = query.channels;
    const isOne = others.length === 0 && named.length === 0;
    const [{ ids, count }, clients] = await Promise.all([
      journal.publish(entries).catch((error) => {
        if (!(error instanceof KeyConflictError)) throw error;
        throw new HttpError(422, publication.describeConflict(error, entries));
      }),
      isOne ? tally.countStreams(channel!) : undefined,
    ]);
    tally.notePublished(count);
    return Response.json(
      {
        ...isMany || !isOne ? { ids } : { id: ids[0] },
        ...isOne
          ? { channel, clients }
          : { channels: entries.map(({ channel }) => channel) },
      },
      {
        status: count > 0 || ids.length === 0 ? 201 : 200,
        headers: { "cache-control": "no-store" },
      },
    );
  };
}
