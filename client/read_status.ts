import type { StatusEvent } from "./client.d.ts";

/** What a status event says: what users are told, and what only leads to that. */
export type Status =
  & { state: StatusEvent["state"] | "draining" | "overloaded" }
  & Pick<
    StatusEvent,
    "replayed" | "missed" | "channel" | "reason" | "waitMs"
  >;

/** Reads the data of an event of the type `status`. Returns nothing if it is not one of Chime's. */
export function readStatus(data: string): Status | undefined {
  try {
    const { state, replayed, missed, channel } = JSON.parse(data);
    return typeof state === "string"
      ? { state: state as Status["state"], replayed, missed, channel }
      : undefined;
  } catch {
    // Another server's events may have this type, too.
    return undefined;
  }
}
