import type { EventId } from "../events/event_id.ts";
import type { History } from "../journal/history.ts";
import type { Faults } from "./faults.ts";
import type { Flusher } from "./flusher.ts";
import type { Memory } from "./memory.ts";
import type { Registry } from "./registry.ts";

/** What a timeline works with. */
export interface TimelineParts {
  history: History;
  registry: Registry;
  flusher: Flusher;
  faults: Faults;
  memory: Memory;
  /** Called when the position has changed. */
  onMove(): void;
  /** The id after which the timeline goes on, if that is known already. */
  last: EventId | undefined;
  /** Whether a fresh stream says where it begins. */
  saysLive: boolean;
  /** How long a page of the history is kept for other readers, in ms. */
  pageLifetimeMs: number;
}
