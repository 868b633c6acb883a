import type { EventId } from "./event_id.ts";
import type { ChannelEvent } from "./message.ts";

/** Where a hub finds events that its rings do not hold. */
export interface History {
  /**
   * The channels' events behind `after`, up to and with `upTo`, oldest first, `limit` at most.
   *
   * Resolves to nothing where it cannot be proved that these are all there were: `after` is older than what is kept, or
   * was never given out. An `after` beyond `upTo` that may be right is answered with an empty list.
   *
   * @throws {UnavailableError} where it cannot be read for now.
   */
  read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limit: number,
  ): Promise<readonly ChannelEvent[] | undefined>;

  /**
   * The id behind which everything is kept.
   *
   * @throws {UnavailableError} where it cannot be read for now.
   */
  floor(): Promise<EventId>;

  /**
   * The newest event of each channel that has one, up to and with `upTo`, oldest first.
   *
   * @throws {UnavailableError} where it cannot be read for now.
   */
  latest(
    channels: readonly string[],
    upTo: EventId,
  ): Promise<readonly ChannelEvent[]>;
}

/** What keeps the events is out of reach for now. A client that needs it waits until the timeline goes on. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}
