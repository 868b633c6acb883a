import type { RefObject } from "preact";
import type { Block, EventLog, EventRow } from "./event_log.ts";
import { EventRowView } from "./event_row.tsx";

/** What the table is given. */
export interface EventTableProps {
  log: EventLog;
  /** Those of the log's blocks that get elements. */
  blocks: readonly Block[];
  /** How much room the blocks before and after them take, in px. */
  before: number;
  after: number;
  /** Whether to tell which channel an event is from. */
  named: boolean;
  /** Gets the element that holds one for each block. */
  body: RefObject<HTMLDivElement | null>;
  onFocusIn(): void;
  onToggle(row: EventRow): void;
}

/** Some of the events, as the part of a table of all of them that they are. */
export function EventTable(
  { log, blocks, before, after, named, body, onFocusIn, onToggle }:
    EventTableProps,
) {
  // The head is the first row.
  let index = 2 + rowsBefore(log, blocks[0]);
  return (
    <div
      role="table"
      aria-rowcount={log.rows + 1}
      class={named ? "named" : ""}
    >
      <div role="rowgroup" class="head">
        <div role="row" aria-rowindex={1}>
          <span role="columnheader">Your time</span>
          <span role="columnheader">Id</span>
          {named && <span role="columnheader">Channel</span>}
          <span role="columnheader">Type</span>
          <span role="columnheader">Data</span>
        </div>
      </div>
      <div
        ref={body}
        // The server renders no events: a style attribute would be against the page's policy.
        style={before || after
          ? { paddingTop: `${before}px`, paddingBottom: `${after}px` }
          : undefined}
        onFocusIn={onFocusIn}
      >
        {blocks.map(({ rows }) => (
          <div role="rowgroup" key={rows[0]!.key}>
            {rows.map((row) => (
              <EventRowView
                key={row.key}
                row={row}
                index={index++}
                named={named}
                onToggle={onToggle}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function rowsBefore({ blocks }: EventLog, block: Block | undefined): number {
  if (!block) return 0;
  return blocks.slice(0, blocks.indexOf(block))
    .reduce((sum, { rows }) => sum + rows.length, 0);
}
