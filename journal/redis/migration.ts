import { checkChannel } from "../../events/channel_name.ts";
import { InputError } from "../../events/input_error.ts";
import { log } from "../../log/log.ts";
import type { Ask } from "./connection.ts";
import type { RedisKeys } from "./keys.ts";

/**
 * Moves the stream of format 1 into the lists of format 2, a page at a time. Any number of instances may do so at once, and
 * any of them goes on where another has ended. An older Chime can use the stream until the last page is moved.
 *
 * @throws {RedisError} Redis refuses, or the connection was lost.
 */
export async function migrate(ask: Ask, keys: RedisKeys): Promise<void> {
  for (let count = 0;; count++) {
    const page = await ask((client) =>
      client.nextPage([keys.base, keys.state])
    );
    const isOld = page.format === "" || page.format === "1";
    if (!isOld || page.type !== "stream") return;
    if (count === 0) {
      log.info("the journal in Redis is being moved to a new format");
    }
    const channels = page.channels.filter(isChannel);
    await ask((client) =>
      client.movePage([
        ...[keys.base, keys.state, keys.oldest, keys.names, keys.window],
        ...[keys.floors, keys.values, keys.publications],
        ...channels.map((name) => keys.channel(name)),
      ], [page.cursor, page.last, ...channels])
    );
  }
}

/** What another program added under a name that is none stays out. */
function isChannel(name: string): boolean {
  try {
    checkChannel(name);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}
