import type { Cursor } from "./cursor.ts";
import type { Wait, Write } from "./step.ts";

/** How catching up ends. */
export type Outcome =
  /** The rings hold everything after the cursor. */
  | { readonly cursor: Cursor; readonly lastWrite?: Write | undefined }
  /** What was missed is `missing`, or cannot be read. `end` is where to go on with what comes. */
  | { readonly reset: "missing" | "unreadable"; readonly end: Cursor };

/** What a subscriber writes and waits for while it catches up. */
export type Steps = AsyncGenerator<Write | Wait, Outcome>;
