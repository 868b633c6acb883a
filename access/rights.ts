import { anyCovers, type Pattern } from "../events/pattern.ts";

/** What somebody may do. All of it is plain data, so that it can be sent to another thread and kept in a store. */
export interface Rights {
  /** Whom the credential names, such as a user's id. */
  readonly subject?: string;
  /** The private channels whose events may be read. */
  readonly subscribe: readonly Pattern[];
  /** The channels that may be published to. */
  readonly publish: readonly Pattern[];
  /** The channels that may be ended. */
  readonly stop: readonly Pattern[];
  /** Whether a subject's credentials may be revoked. */
  readonly admin: boolean;
  /** When the rights end, in ms since the epoch. */
  readonly expires?: number;
  /** When the credential was made, in ms since the epoch. */
  readonly issuedAt?: number;
}

/** What a request does with channels, and the right that it needs. */
export type Action = "subscribe" | "publish" | "stop";

/**
 * Joins rights: what any of them allows, they allow together. The subject is that of the first that names one. They end
 * when the first of them ends, and count as made when the oldest of them was.
 */
export function joinRights(list: readonly Rights[]): Rights {
  const subject = list.find((rights) => rights.subject !== undefined)?.subject;
  const expires = earliest(list.map((rights) => rights.expires));
  const issuedAt = earliest(list.map((rights) => rights.issuedAt));
  return {
    ...subject !== undefined && { subject },
    subscribe: join(list, "subscribe"),
    publish: join(list, "publish"),
    stop: join(list, "stop"),
    admin: list.some(({ admin }) => admin),
    ...expires !== undefined && { expires },
    ...issuedAt !== undefined && { issuedAt },
  };
}

/** The channels, or patterns, for which none of the rights is enough. Each needs one pattern that covers it whole. */
export function missingFrom(
  list: readonly Rights[],
  action: Action,
  channels: readonly string[],
): string[] {
  return channels.filter((channel) =>
    !list.some((rights) => anyCovers(rights[action], channel))
  );
}

function join(list: readonly Rights[], action: Action): Pattern[] {
  return [...new Set(list.flatMap((rights) => rights[action]))];
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
