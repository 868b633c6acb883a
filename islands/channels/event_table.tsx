import type { RefObject } from "preact";
import type { Block, EventLog, EventRow } from "./event_log.ts";
import { EventRowView } from "./event_row.tsx";

/** Props of {@linkcode EventTable}. */
export interface EventTableProps {
  log: EventLog;
  /** The blocks of the log that get elements. */
  blocks: readonly Block[];
  /** The height of the blocks before and after them, in px. */
  before: number;
  after: number;
  /** Whether to show the channel of each event. */
  named: boolean;
  /** Whether the page is being printed. */
  isPrinted: boolean;
  /** Set to the element whose children are the blocks. */
  body: RefObject<HTMLDivElement | null>;
  onFocusIn(): void;
  onToggle(row: EventRow): void;
}

/** The part of the table of all events that has elements. */
export function EventTable(
  { log, blocks, before, after, named, isPrinted, body, onFocusIn, onToggle }:
    EventTableProps,
) {
  // The first row is the head.
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
        // Set in the browser only: the page's policy forbids style attributes in HTML, and the server renders no events.
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
                isPrinted={isPrinted}
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
