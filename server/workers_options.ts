import type { AccessCalls } from "../access/access.ts";
import type { Journal } from "../journal/journal.ts";
import type { ServeOptions } from "./serve_options.ts";

/** Dependencies and options of `Workers`. */
export interface WorkersOptions {
  /** How many workers there are. */
  count: number;
  /** What each worker serves. */
  serve: ServeOptions;
  journal: Journal;
  /** Reads what access depends on. */
  accessCalls?: AccessCalls;
  /** Called when a worker's thread is frozen: only the end of the process can mend that. */
  onFrozen(message: string): void;
  /** The module that a worker runs. */
  module?: URL;
}
