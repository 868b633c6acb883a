import type { EventId } from "../../events/event_id.ts";
import { covers } from "../../events/pattern.ts";

/** A record as it came into being, and everything before it in its timeline: timelines that part share what was before. */
export interface Node {
  /** Names the record, in every timeline that has it. Notes have none. */
  readonly uid?: string;
  readonly channel?: string | undefined;
  /** How much time had passed when it was appended, in ms. */
  readonly atMs: number;
  readonly parent: Node | undefined;
  readonly depth: number;
  id?: EventId;
  /** Whether a store has let go of it. */
  isGone?: boolean;
}

/** What a run may not do. */
export class Violation extends Error {
  override name = "Violation";
}

/** Knows each record that was ever appended, and the ids that were given out. */
export class Truth {
  /** The first thing that went wrong. */
  violation: Violation | undefined;
  readonly #all: Node[] = [];
  readonly #byId = new Map<EventId, Node>();
  readonly #byUid = new Map<string, Node[]>();

  /** Notes that a record was appended after another. */
  append(
    parent: Node | undefined,
    record: Pick<Node, "uid" | "channel" | "atMs">,
    id?: EventId,
  ): Node {
    const node: Node = { ...record, parent, depth: (parent?.depth ?? 0) + 1 };
    this.#all.push(node);
    if (id) this.name(node, id);
    if (record.uid) {
      const nodes = this.#byUid.get(record.uid);
      if (nodes) nodes.push(node);
      else this.#byUid.set(record.uid, [node]);
    }
    return node;
  }

  /** Notes which id a record got. */
  name(node: Node, id: EventId): void {
    const other = this.#byId.get(id);
    if (other && other !== node) {
      // Whoever gives it out must not find out.
      this.violation ??= new Violation(`the id ${id} was given out twice`);
    }
    node.id = id;
    this.#byId.set(id, node);
  }

  /** The newest record so far of all timelines that have a record. */
  newestAfter(node: Node): Node {
    return this.#all.reduce(
      (newest, other) =>
        other.depth > newest.depth && isIn(other, node) ? other : newest,
      node,
    );
  }

  /** The record with an id. */
  find(id: EventId): Node | undefined {
    return this.#byId.get(id);
  }

  /** The record of a message that a client got with an id. */
  event(uid: string, id: EventId): Node {
    const node = this.#byUid.get(uid)?.find((node) => node.id === id);
    if (!node) throw new Violation(`${uid} came as ${id}, which it is not`);
    return node;
  }
}

/** Whether a record is of one of the channels, which may be patterns. */
export function isAmong(channels: readonly string[], { channel }: Node) {
  return channel !== undefined &&
    channels.some((asked) => covers(asked, channel));
}

/** The newest record of the channels that a timeline has up to a node, the node included. */
export function newestOf(
  channels: readonly string[],
  node: Node | undefined,
): Node | undefined {
  let at = node;
  while (at && !(at.uid && isAmong(channels, at))) at = at.parent;
  return at;
}

/** The newest record of the channels that a timeline has before a node. */
export function previousOf(
  channels: readonly string[],
  node: Node,
): Node | undefined {
  return newestOf(channels, node.parent);
}

/** Whether a timeline that has a node has another one before it, or it is the node itself. */
export function isIn(timeline: Node | undefined, node: Node): boolean {
  let at = timeline;
  while (at && at.depth > node.depth) at = at.parent;
  return at === node;
}
